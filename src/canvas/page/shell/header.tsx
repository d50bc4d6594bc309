import { hasField } from "../../../plans/element-kinds.ts";
import { useState } from "react";
import { TakeAway } from "./take-away-menu.tsx";
import { ToolButton } from "../elements/tool-button.tsx";
import { collected, inWords } from "../review/collected.ts";
import { DecisionButtons } from "../review/decision-buttons.tsx";
import { STATUS_NAMES } from "../review/decision-texts.ts";
import { closeHistory } from "../review/history-panel.tsx";
import { ReviewState } from "../review/review-state.tsx";
import { edit, redo, undo } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { switchTheme, useTheme } from "../theme/theme.ts";
import { openDialog, usePage } from "../state/page-state.ts";
import { switchView, useView } from "../state/view.ts";
import { titleWords } from "../state/title-words.ts";

/** What the plan is, where it stands, and what can be done with all of it. */
export function Header() {
  const status = usePlan(({ stored }) => stored?.meta.status);
  // One word for how the plan stands: that the agent waits, or what was decided.
  const isSaidElsewhere = usePlan((state) => {
    const review = state.stored?.meta.review;
    if (review?.state === "open") return true;
    return review?.state === "decided" && inWords(collected(state)) === "";
  });
  return (
    <header className="header">
      <div className="header-plan">
        <Title />
        {status !== undefined && !isSaidElsewhere && (
          <span className="status" data-testid="plan-status" data-status={status}>
            {STATUS_NAMES[status]}
          </span>
        )}
        <Progress />
        <ReviewState />
      </div>
      <Tools />
      <DecisionButtons />
    </header>
  );
}

/** How many of the tasks are done. */
function Progress() {
  const tasks = usePlan(({ plan }) => plan?.elements.filter((one) => hasField(one, "done")).length ?? 0);
  const done = usePlan(
    ({ plan }) => plan?.elements.filter((one) => hasField(one, "done") && one.done === true).length ?? 0,
  );
  if (tasks === 0) return null;
  return <span className="progress" data-testid="progress">{`${done} of ${tasks} task${tasks === 1 ? "" : "s"}`}</span>;
}

function Title() {
  const title = usePlan(({ plan }) => plan?.title ?? "");
  // With the title that the person saw when they began to write.
  const [draft, setDraft] = useState<{ readonly text: string; readonly seen: string } | null>(null);
  const save = () => {
    const text = draft?.text.trim() ?? "";
    if (draft !== null && text !== "" && text !== title && draft.text !== draft.seen)
      edit([{ op: "set_title", title: text, base: { title: draft.seen } }]);
    setDraft(null);
  };
  return (
    <h1 className="plan-title">
      <input
        aria-label="Title of the plan"
        data-testid="plan-title"
        value={draft?.text ?? titleWords(title)}
        maxLength={500}
        onChange={({ target }) => setDraft({ text: target.value, seen: draft?.seen ?? title })}
        // Where it has marks, they are not what is written.
        onFocus={() => titleWords(title) !== title && setDraft({ text: title, seen: title })}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Escape") setDraft(null);
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
    </h1>
  );
}

function Tools() {
  const canUndo = usePlan(({ history }) => history.done.length > 0);
  const canRedo = usePlan(({ history }) => history.undone.length > 0);
  const view = useView((state) => state.view);
  const theme = useTheme((state) => state.theme);
  const themeLabel = theme === "dark" ? "Light colours" : "Dark colours";
  return (
    <div className="header-tools">
      <ToolButton icon="undo" label="Undo" data-testid="undo" disabled={!canUndo} onClick={undo} />
      <ToolButton icon="redo" label="Redo" data-testid="redo" disabled={!canRedo} onClick={redo} />
      <span className="header-gap" />
      <ToolButton
        icon={view === "document" ? "board" : "document"}
        label={view === "document" ? "Show the canvas" : "Show as a document"}
        data-testid="view"
        disabled={view === null}
        onClick={switchView}
      />
      <PanelSwitches />
      <TakeAway />
      <ToolButton
        icon={theme === "dark" ? "sun" : "moon"}
        label={themeLabel}
        data-testid="theme"
        onClick={switchTheme}
      />
      <ToolButton
        icon="help"
        label="Help and keys"
        tip="Help (?)"
        data-testid="help"
        onClick={() => openDialog({ kind: "help" })}
      />
    </div>
  );
}

/** What opens a panel beside the plan, one at a time. */
function PanelSwitches() {
  const open = usePlan(({ plan }) => plan?.comments.filter(({ resolved }) => resolved !== true).length ?? 0);
  const commentsOpen = usePage((page) => page.commentsOpen);
  const historyOpen = usePage((page) => page.historyOpen);
  return (
    <>
      <ToolButton
        icon="comment"
        label={`Comments, ${open} open`}
        tip="Comments"
        data-testid="comments-toggle"
        aria-pressed={commentsOpen}
        onClick={() => {
          closeHistory();
          usePage.setState({ commentsOpen: !commentsOpen });
        }}
      >
        {open > 0 && <span className="count">{open}</span>}
      </ToolButton>
      <ToolButton
        icon="history"
        label="History"
        data-testid="history"
        aria-pressed={historyOpen}
        onClick={() => {
          if (historyOpen) closeHistory();
          else usePage.setState({ historyOpen: true, commentsOpen: false });
        }}
      />
    </>
  );
}
