import { Icon } from "../elements/icons.tsx";
import { visibleText } from "../state/visible-text.ts";
import { instanceId, reconnect } from "./changes-session.ts";
import { useChanges } from "./changes-store.ts";
import { counted } from "./file-section.tsx";

/** What stands between the page and the changes, and between the changes and the person's files. */
export function ChangesBanners() {
  return (
    <>
      <Link />
      <Conflicts />
      <LeftOut />
    </>
  );
}

function Link() {
  const link = useChanges((state) => state.link);
  const problem = useChanges((state) => state.problem);
  if (link.state === "locked_out") {
    return (
      <div className="banner" data-kind="bad" role="alert">
        <p>
          This page no longer belongs to a running server. Type <code>{`/bizar review ${instanceId}`}</code> in opencode
          to open it again. What you have said is kept.
        </p>
      </div>
    );
  }
  if (problem !== null) {
    return (
      <div className="banner" data-kind="bad" data-testid="problem" role="alert">
        <p>{`${visibleText(problem)} What you see is the last that could be read.`}</p>
      </div>
    );
  }
  if (link.state !== "offline") return null;
  return (
    <div className="banner" data-kind="warn" role="alert">
      <p>No connection to opencode. What you say here is kept, and sent when it is back.</p>
      <button type="button" className="button" onClick={reconnect}>
        <Icon name="retry" size={15} />
        Try now
      </button>
    </div>
  );
}

function Conflicts() {
  const changes = useChanges((state) => state.changes);
  if (changes === null || changes.state !== "open") return null;
  const conflicts = [...changes.files.filter((file) => file.conflicts).map(({ path }) => path), ...changes.trouble];
  const others = new Set(
    changes.files.flatMap((file) => file.others.map(({ agent, title }) => `${agent} (“${title}”)`)),
  );
  return (
    <>
      {conflicts.length > 0 && (
        <div className="banner" data-kind="bad" data-testid="conflicts" role="status">
          <p>{`${counted(conflicts.length, "file")} cannot be applied as your files are now: ${visibleText(conflicts.join(", "))}.`}</p>
        </div>
      )}
      {others.size > 0 && (
        <div className="banner" data-kind="warn" data-testid="others" role="status">
          <p>{`Some of these files are changed by other agents as well: ${visibleText([...others].join(", "))}.`}</p>
        </div>
      )}
    </>
  );
}

function LeftOut() {
  const leftOut = useChanges((state) => state.changes?.leftOut) ?? [];
  if (leftOut.length === 0) return null;
  return (
    <div className="banner" data-kind="warn" role="status">
      <p>{`Not brought back, and only in the agent's folder: ${visibleText(leftOut.join(", "))}.`}</p>
    </div>
  );
}
