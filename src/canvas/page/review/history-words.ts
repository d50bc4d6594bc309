import { isMove, isOnlyPlace } from "../../../plans/feedback.ts";
import type { Author, EditEntry } from "../../../plans/plan.ts";
import type { KeptRevision } from "../../../plans/plan-history.ts";
import { titleWords } from "../state/title-words.ts";
import { visibleText } from "../state/visible-text.ts";
import { counted } from "./collected.ts";

const MOST_NAMED = 3;

/** Who made a revision. */
export function authorWords(by: Author | null): string {
  if (by === null) return "The beginning";
  return by.kind === "person" ? "You" : visibleText(by.name);
}

/** What a revision did: `changed “Goal”; new “Risk”; 2 moved`. */
export function revisionWords(
  kept: KeptRevision,
  before: KeptRevision | undefined,
  changes: Iterable<EditEntry>,
): string {
  const all = [...changes];
  const moved = all.filter(isMove);
  const elements = all.filter((entry) => entry.what === "element" && !isOnlyPlace(entry));
  const named = (change: EditEntry["change"], word: string): readonly string[] => {
    const found = elements.filter((entry) => entry.change === change);
    const titles = found.slice(0, MOST_NAMED).map(({ id }) => `“${titleOf(id, change === "deleted" ? before : kept)}”`);
    const more = found.length > MOST_NAMED ? [`${found.length - MOST_NAMED} more`] : [];
    return found.length === 0 ? [] : [`${word} ${[...titles, ...more].join(", ")}`];
  };
  const connections = all.filter(({ what }) => what === "connection").length;
  const parts = [
    ...(before !== undefined && before.title !== kept.title ? ["the title"] : []),
    ...named("updated", "changed"),
    ...named("added", "new"),
    ...named("deleted", "deleted"),
    ...(moved.length === 0 ? [] : [`${moved.length} moved`]),
    counted(connections, "connection"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? counted(kept.elements.length, "element") || "empty" : parts.join("; ");
}

function titleOf(id: string, kept: KeptRevision | undefined): string {
  const element = kept?.elements.find((one) => one.id === id);
  return titleWords(element?.title ?? "") || "untitled";
}
