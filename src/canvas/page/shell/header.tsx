import { useState } from "react";
import { Icon } from "../elements/icons.tsx";
import { DecisionButtons } from "../review/decision-buttons.tsx";
import { STATUS_NAMES } from "../review/decision-texts.ts";
import { ReviewState } from "../review/review-state.tsx";
import { edit, exportUrl, redo, undo } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { switchTheme, useTheme } from "../theme/theme.ts";
import { openDialog, usePage } from "./page-state.ts";

/** What the plan is, where it stands, and what can be done with all of it. */
export function Header() {
  const status = usePlan(({ stored }) => stored?.meta.status);
  return (
    <header className="header">
      <div className="header-plan">
        <Title />
        {status !== undefined && (
          <span className="status" data-testid="plan-status" data-status={status}>
            {STATUS_NAMES[status]}
          </span>
        )}
        <ReviewState />
      </div>
      <Tools />
      <DecisionButtons />
    </header>
  );
}

function Title() {
  const title = usePlan(({ plan }) => plan?.title ?? "");
  const [draft, setDraft] = useState<string | null>(null);
  const save = () => {
    if (draft !== null && draft.trim() !== "" && draft !== title) edit([{ op: "set_title", title: draft.trim() }]);
    setDraft(null);
  };
  return (
    <h1 className="plan-title">
      <input
        aria-label="Title of the plan"
        data-testid="plan-title"
        value={draft ?? title}
        maxLength={500}
        onChange={({ target }) => setDraft(target.value)}
        onBlur={save}
        onKeyDown={(event) => {
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
  const open = usePlan(({ plan }) => plan?.comments.filter(({ resolved }) => resolved !== true).length ?? 0);
  const commentsOpen = usePage((page) => page.commentsOpen);
  const theme = useTheme((state) => state.theme);
  const themeLabel = theme === "dark" ? "Light colours" : "Dark colours";
  return (
    <div className="header-tools">
      <button
        type="button"
        className="tool"
        data-testid="undo"
        aria-label="Undo"
        data-tip="Undo"
        disabled={!canUndo}
        onClick={undo}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        className="tool"
        data-testid="redo"
        aria-label="Redo"
        data-tip="Redo"
        disabled={!canRedo}
        onClick={redo}
      >
        <Icon name="redo" />
      </button>
      <span className="header-gap" />
      <button
        type="button"
        className="tool tool-comments"
        data-testid="comments-toggle"
        aria-label={`Comments, ${open} open`}
        data-tip="Comments"
        aria-pressed={commentsOpen}
        onClick={() => usePage.setState({ commentsOpen: !commentsOpen })}
      >
        <Icon name="comment" />
        {open > 0 && <span className="count">{open}</span>}
      </button>
      <a
        className="tool"
        href={exportUrl}
        download
        data-testid="export"
        aria-label="Export as Markdown"
        data-tip="Export as Markdown"
      >
        <Icon name="download" />
      </a>
      <button
        type="button"
        className="tool"
        data-testid="theme"
        aria-label={themeLabel}
        data-tip={themeLabel}
        onClick={switchTheme}
      >
        <Icon name={theme === "dark" ? "sun" : "moon"} />
      </button>
      <button
        type="button"
        className="tool"
        data-testid="help"
        aria-label="Help and keys"
        data-tip="Help (?)"
        onClick={() => openDialog({ kind: "help" })}
      >
        <Icon name="help" />
      </button>
    </div>
  );
}
