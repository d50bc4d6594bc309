import { isOnlyPlace } from "../../../plans/feedback.ts";
import { titleWords } from "../state/title-words.ts";
import { usePlan } from "../sync/plan-store.ts";
import { changesOf } from "../state/changes.ts";
import { ChangeSteps } from "./change-steps.tsx";
import { counted } from "./collected.ts";

/** How much agents changed since the person's last review, and a way from change to change. */
export function ChangesBar() {
  const stored = usePlan((state) => state.stored);
  const isPast = usePlan(({ past }) => past !== null);
  const all = [...changesOf(stored).values()];
  if (all.length === 0 || isPast) return null;
  const moved = all.filter(isOnlyPlace);
  const changes = all.filter((change) => !moved.includes(change));
  const deleted = changes.filter(({ what, change }) => what === "element" && change === "deleted");
  const words = [counted(changes.length, "change"), moved.length === 0 ? "" : `${moved.length} moved`];
  return (
    <div className="changes-bar" role="status" data-testid="changes-bar">
      <strong>{`${words.filter((part) => part !== "").join(", ")} since your review`}</strong>
      {deleted.length > 0 && (
        <span>{`deleted: ${deleted.map(({ old, id }) => titleWords(String(old?.["title"] ?? id))).join(", ")}`}</span>
      )}
      <ChangeSteps changes={all} />
    </div>
  );
}
