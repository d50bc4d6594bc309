import { Icon } from "../elements/icons.tsx";
import { reconnect, slug } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { KeptEditsButtons } from "./kept-edits-buttons.tsx";

/** What stands between the page and its plan, and what to do. */
export function ConnectionBanner() {
  const link = usePlan((state) => state.link);
  const problem = usePlan((state) => state.problem);
  const cut = usePlan(({ stored }) => stored?.cut);
  const waiting = usePlan(({ pending }) => pending.length);
  const kept = waiting === 0 ? "" : waiting === 1 ? " 1 edit is kept." : ` ${waiting} edits are kept.`;
  if (link.state === "locked_out") {
    return (
      <div className="banner" data-kind="bad" data-testid="connection-banner" role="alert">
        <p>
          This page no longer belongs to a running server. Type <code>{`/plan open ${slug}`}</code> in opencode to open
          it again.{kept}
        </p>
        {waiting > 0 && <KeptEditsButtons />}
      </div>
    );
  }
  if (problem !== null) {
    return (
      <div className="banner" data-kind="bad" data-testid="problem-banner" role="alert">
        <p>{`${problem.message} What you see is the last that could be read.${kept}`}</p>
        {waiting > 0 && <KeptEditsButtons />}
      </div>
    );
  }
  if (link.state !== "offline") return cut === undefined ? null : <CutBanner cut={cut} />;
  return (
    <div className="banner" data-kind="warn" data-testid="connection-banner" role="alert">
      {link.message === undefined ? (
        <p>
          No connection to opencode. You can go on: what you do is kept and sent when it is back. Was opencode started
          anew? Then type <code>{`/plan open ${slug}`}</code> there.{kept}
        </p>
      ) : (
        <p>{`${link.message} You can go on: what you do is kept, and sent again.${kept}`}</p>
      )}
      {waiting > 0 && <KeptEditsButtons />}
      <button type="button" className="button" onClick={reconnect}>
        <Icon name="retry" size={15} />
        Try now
      </button>
    </div>
  );
}

/** The file holds more than a plan can: what a person sees is not all of it. */
function CutBanner({ cut }: { readonly cut: string }) {
  return (
    <div className="banner" data-kind="warn" data-testid="cut-banner" role="alert">
      <p>{`Only a part of this plan is shown, and nothing can be changed in it. ${cut}`}</p>
    </div>
  );
}
