import { memo } from "react";
import { isMove, isOnlyPlace } from "../../../plans/feedback.ts";
import type { EditEntry } from "../../../plans/plan.ts";
import { visibleText } from "../state/visible-text.ts";
import { usePlan } from "../sync/plan-store.ts";
import { useChange } from "../state/changes.ts";
import { changedWords } from "./changed-words.ts";

const WORDS = ["title", "content", "answer", "language"] as const;
const NAMES = { added: "New", updated: "Changed", moved: "Moved" } as const;

/** On an element that is new or another than before: since the person's last review, or in the revision that they see. */
export function ChangeMark({ id }: { readonly id: string }) {
  const change = useChange(id);
  const element = usePlan(({ elements }) => elements.get(id));
  const isPast = usePlan(({ past }) => past !== null);
  const kind = change === undefined ? undefined : kindOf(change);
  if (change === undefined || kind === undefined) return null;
  const old = WORDS.flatMap((name) => {
    const text = change.fields?.includes(name) === true ? change.old?.[name] : undefined;
    return typeof text === "string" && text !== "" ? [[name, text] as const] : [];
  });
  return (
    <div className="change-mark" data-testid={`change-${id}`} data-change={kind}>
      <strong>{`${NAMES[kind]} ${isPast ? "in this revision" : "since your review"}`}</strong>
      {old.map(([name, text]) => (
        <ChangedText key={name} before={text} now={element?.[name] ?? ""} />
      ))}
    </div>
  );
}

const EMPTY_LINES = /\n(?:[ \t]*\n)+/g;
const TAGS = { same: "span", old: "del", new: "ins" } as const;

/** What a text said before, struck through, and what it says now, as far as they differ. */
const ChangedText = memo(function ChangedText({ before, now }: { readonly before: string; readonly now: string }) {
  return (
    <p>
      {changedWords(before, now).map(({ kind, text }, index) => {
        const Tag = TAGS[kind];
        // oxlint-disable-next-line react/no-array-index-key -- a piece is its place
        return <Tag key={index}>{visibleText(text).replaceAll(EMPTY_LINES, "\n")}</Tag>;
      })}
    </p>
  );
});

function kindOf(change: EditEntry): keyof typeof NAMES | undefined {
  if (change.change === "deleted") return undefined;
  if (!isOnlyPlace(change)) return change.change;
  return isMove(change) ? "moved" : undefined;
}
