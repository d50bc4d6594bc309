import type { KeptRevision } from "../../../plans/plan-history.ts";
import { useFocusBack } from "../elements/keep-focus.ts";
import { changesOfRevision, goBackTo, lookAt, usePast } from "../sync/past.ts";
import { usePlan } from "../sync/plan-store.ts";
import { ChangeSteps } from "./change-steps.tsx";
import { authorWords } from "./history-words.ts";
import { momentOf } from "./moment-of.ts";

/** Says that what one sees is how the plan was, and the ways out of that. */
export function PastBar() {
  const past = usePlan((state) => state.past);
  return past === null ? null : <Bar past={past} />;
}

function Bar({ past }: { readonly past: KeptRevision }) {
  useFocusBack();
  const history = usePast((state) => state.history);
  const cut = usePlan(({ stored }) => stored?.cut);
  const isLatest = history?.at(-1)?.revision === past.revision;
  return (
    <div className="changes-bar past-bar" role="status" data-testid="past-bar">
      <strong>{`Revision ${past.revision}, ${authorWords(past.by)}, ${momentOf(past.at)}`}</strong>
      <span>This is how the plan was. Nothing can be changed here.</span>
      <ChangeSteps key={past.revision} changes={[...changesOfRevision(past, history).values()]} goesToFirst />
      {!isLatest && cut === undefined && (
        <button type="button" className="button" data-testid="go-back" onClick={() => goBackTo(past)}>
          Go back to it
        </button>
      )}
      <button type="button" className="button button-quiet" data-testid="to-now" onClick={() => lookAt(null)}>
        Show the plan of now
      </button>
    </div>
  );
}
