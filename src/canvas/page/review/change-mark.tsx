import { visibleText } from "../elements/visible-text.ts";
import { useChange } from "./changes.ts";

const WORDS = ["title", "content", "answer", "language"];

/** On an element that an agent has added or rewritten since the person's last review: so, and what it said before. */
export function ChangeMark({ id }: { readonly id: string }) {
  const change = useChange(id);
  if (change === undefined || change.change === "deleted") return null;
  const old = WORDS.flatMap((name) => {
    const text = change.fields?.includes(name) === true ? change.old?.[name] : undefined;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
  return (
    <div className="change-mark" data-testid={`change-${id}`} data-change={change.change}>
      <strong>{change.change === "added" ? "New since your review" : "Changed since your review"}</strong>
      {old.map((text) => (
        <del key={text}>{visibleText(text)}</del>
      ))}
    </div>
  );
}
