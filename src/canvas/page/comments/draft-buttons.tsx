import { dropRemark, sendRemark } from "../sync/plan-session.ts";
import { usePlan } from "../sync/plan-store.ts";
import { remarkId } from "../sync/review-round.ts";

/** Of a comment or reply that is not sent: that it is not, and what to do with it. */
export function DraftButtons({ id }: { readonly id: string }) {
  const isDraft = usePlan(({ round }) => round.some((remark) => remarkId(remark) === id));
  if (!isDraft) return null;
  return (
    <div className="draft" data-testid={`draft-${id}`}>
      <span>Not sent yet</span>
      <button type="button" className="button button-quiet" data-testid="send-now" onClick={() => sendRemark(id)}>
        Send now
      </button>
      <button type="button" className="button button-quiet" data-testid="drop-draft" onClick={() => dropRemark(id)}>
        Remove
      </button>
    </div>
  );
}
