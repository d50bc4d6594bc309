import { Icon } from "../elements/icons.tsx";
import { ToolButton } from "../elements/tool-button.tsx";
import { visibleText } from "../state/visible-text.ts";
import { switchTheme, useTheme } from "../theme/theme.ts";
import { openChangesDialog, switchDiffView, useChanges } from "./changes-store.ts";
import { counted, Counts } from "./file-section.tsx";

/** Whose changes they are, where they stand, and what can be done with all of them. */
export function ChangesHeader() {
  const changes = useChanges((state) => state.changes);
  const sum = (of: "insertions" | "deletions") => changes?.files.reduce((all, file) => all + file[of], 0) ?? 0;
  return (
    <header className="header">
      <div className="header-plan">
        <h1 className="changes-title">
          <span className="changes-agent">{visibleText(changes?.agent ?? "")}</span>
          <span>{visibleText(changes?.title ?? "Changes")}</span>
        </h1>
        <Standing />
        {changes !== null && changes.files.length > 0 && (
          <Counts insertions={sum("insertions")} deletions={sum("deletions")} />
        )}
      </div>
      <Tools />
      <Decisions />
    </header>
  );
}

/** One word for where they stand. */
function Standing() {
  const changes = useChanges((state) => state.changes);
  if (changes === null) return null;
  const [status, words] = standingOf(changes);
  return (
    <span className="status" data-testid="standing" data-status={status}>
      {words}
    </span>
  );
}

type Changes = NonNullable<ReturnType<typeof useChanges.getState>["changes"]>;

function standingOf({ state, isAtWork, activity, isAwaited, status }: Changes): readonly [string, string] {
  if (state === "applied") return ["approved", "applied"];
  if (state === "discarded") return ["rejected", "discarded"];
  if (isAtWork) return ["in-progress", activity === "" ? "at work" : `at work: ${visibleText(activity)}`];
  if (isAwaited) return ["in-progress", "waits for you"];
  if (state === "empty") return ["draft", "nothing changed"];
  return status === "done" ? ["draft", "done"] : ["changes_requested", status.replace("_", " ")];
}

function Tools() {
  const view = useChanges((state) => state.view);
  const theme = useTheme((state) => state.theme);
  const label = view === "split" ? "One column" : "Side by side";
  return (
    <div className="header-tools">
      <span className="view-tool">
        <ToolButton
          icon={view === "split" ? "text" : "board"}
          label={label}
          tip={`${label} (U)`}
          data-testid="diff-view"
          onClick={switchDiffView}
        />
      </span>
      <ToolButton
        icon={theme === "dark" ? "sun" : "moon"}
        label={theme === "dark" ? "Light colours" : "Dark colours"}
        data-testid="theme"
        onClick={switchTheme}
      />
      <ToolButton
        icon="help"
        label="Help and keys"
        tip="Help (?)"
        data-testid="help"
        onClick={() => openChangesDialog({ kind: "help" })}
      />
    </div>
  );
}

const decide = (decision: "apply" | "send_back" | "branch" | "discard") => () =>
  openChangesDialog({ kind: "decide", decision });

function Decisions() {
  const changes = useChanges((state) => state.changes);
  const comments = useChanges((state) => state.comments.length);
  if (changes === null || changes.state === "applied" || changes.state === "discarded") return null;
  const isIdle = changes.state === "open" && !changes.isAtWork;
  const isEmpty = changes.files.length === 0 && changes.leftOut.length === 0;
  const why = changes.isAtWork ? "The agent is at work" : undefined;
  return (
    <div className="decisions" role="group" aria-label="Decide on the changes">
      <button
        type="button"
        className="button button-quiet button-bad"
        data-testid="discard"
        disabled={!isIdle}
        title={why}
        onClick={decide("discard")}
      >
        Discard
      </button>
      <button
        type="button"
        className="button"
        data-testid="branch"
        disabled={!isIdle || isEmpty}
        title={why}
        onClick={decide("branch")}
      >
        Branch
      </button>
      <button type="button" className="button" data-testid="send-back" onClick={decide("send_back")}>
        {comments === 0 ? "Send back" : `Send back (${counted(comments, "comment")})`}
      </button>
      <button
        type="button"
        className="button button-primary"
        data-testid="apply"
        disabled={!isIdle || isEmpty}
        title={why}
        onClick={decide("apply")}
      >
        <Icon name="check" size={16} />
        Apply
      </button>
    </div>
  );
}
