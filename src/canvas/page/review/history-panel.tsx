import { useEffect } from "react";
import type { KeptRevision } from "../../../plans/plan-history.ts";
import { Icon } from "../elements/icons.tsx";
import { useFocusBack } from "../elements/keep-focus.ts";
import { usePage } from "../state/page-state.ts";
import { changesOfRevision, lookAt, readHistory, revisionBefore, usePast } from "../sync/past.ts";
import { usePlan } from "../sync/plan-store.ts";
import { authorWords, revisionWords } from "./history-words.ts";
import { momentOf } from "./moment-of.ts";

/** What the plan was, the latest first; each can be looked at. */
export function HistoryPanel() {
  useFocusBack();
  const { history, trouble } = usePast();
  const revision = usePlan(({ stored }) => stored?.plan.revision);
  useEffect(() => void readHistory(), [revision]);
  return (
    <aside className="panel" data-testid="history-panel" aria-label="History">
      <header className="panel-head">
        <h2>History</h2>
        <button
          type="button"
          className="button button-quiet button-icon"
          aria-label="Close the history"
          onClick={closeHistory}
        >
          <Icon name="close" />
        </button>
      </header>
      {trouble !== null && <p className="panel-empty">{`The history could not be loaded: ${trouble}`}</p>}
      {history?.length === 0 && <p className="panel-empty">Nothing yet. Each change from now on is kept here.</p>}
      <ol className="comment-list">
        {history?.toReversed().map((kept) => (
          <li key={kept.revision}>
            <Revision kept={kept} />
          </li>
        ))}
      </ol>
    </aside>
  );
}

function Revision({ kept }: { readonly kept: KeptRevision }) {
  const history = usePast((past) => past.history);
  const isShown = usePlan(({ past }) => past?.revision === kept.revision);
  const changes = changesOfRevision(kept, history).values();
  return (
    <button
      type="button"
      className="revision"
      data-testid={`revision-${kept.revision}`}
      aria-pressed={isShown}
      onClick={() => lookAt(isShown ? null : kept)}
    >
      <span className="revision-head">
        <strong>{authorWords(kept.by)}</strong>
        <span>{`${momentOf(kept.at)} · revision ${kept.revision}`}</span>
      </span>
      <span>{revisionWords(kept, revisionBefore(kept, history), changes)}</span>
    </button>
  );
}

export function closeHistory(): void {
  lookAt(null);
  usePage.setState({ historyOpen: false });
}
