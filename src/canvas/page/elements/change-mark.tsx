import { isMove, isOnlyPlace } from "../../../plans/feedback.ts";
import type { EditEntry } from "../../../plans/plan.ts";
import { visibleText } from "../state/visible-text.ts";
import { usePlan } from "../sync/plan-store.ts";
import { useChange } from "../state/changes.ts";

const WORDS = ["title", "content", "answer", "language"];
const NAMES = { added: "New", updated: "Changed", moved: "Moved" } as const;

/** On an element that is new or another than before: since the person's last review, or in the revision that they see. */
export function ChangeMark({ id }: { readonly id: string }) {
  const change = useChange(id);
  const isPast = usePlan(({ past }) => past !== null);
  const kind = change === undefined ? undefined : kindOf(change);
  if (change === undefined || kind === undefined) return null;
  const old = WORDS.flatMap((name) => {
    const text = change.fields?.includes(name) === true ? change.old?.[name] : undefined;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
  return (
    <div className="change-mark" data-testid={`change-${id}`} data-change={kind}>
      <strong>{`${NAMES[kind]} ${isPast ? "in this revision" : "since your review"}`}</strong>
      {old.map((text) => (
        <del key={text}>{visibleText(text)}</del>
      ))}
    </div>
  );
}

function kindOf(change: EditEntry): keyof typeof NAMES | undefined {
  if (change.change === "deleted") return undefined;
  if (!isOnlyPlace(change)) return change.change;
  return isMove(change) ? "moved" : undefined;
}
