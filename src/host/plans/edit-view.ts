import { isCutWord, readable, WORD_FIELDS } from "../../plans/old-words.ts";
import type { EditEntry, Plan, PlanComment } from "../../plans/plan.ts";
import { shorten } from "../../text/shorten.ts";

/** What an edit changed, for an agent: by id and title, with what it said before and says now. */
export interface EditView extends Pick<EditEntry, "change" | "what" | "id" | "fields" | "at"> {
  /** Of a connection the titles of its ends. */
  readonly title?: string;
  readonly old?: Readonly<Record<string, string | boolean>>;
  readonly new?: Readonly<Record<string, string | boolean>>;
}

/** Texts up to here are told whole, of longer ones what has changed. */
const WHOLE_CHARACTERS = 600;
/** Before and behind what has changed. */
const CONTEXT_CHARACTERS = 80;
const MOST_CHARACTERS = 2_000;

export function editView(plan: Plan, { change, what, id, fields, at, old }: EditEntry): EditView {
  const all: readonly object[] = what === "element" ? plan.elements : plan.connections;
  const now = all.find((one) => Reflect.get(one, "id") === id);
  const title = titleOf(plan, what, now ?? old);
  const names = WORD_FIELDS.filter((name) => {
    if (change === "updated" && fields !== undefined) return fields.includes(name);
    // The title is told already.
    return name !== "title" && (Object.hasOwn(now ?? {}, name) || Object.hasOwn(old ?? {}, name));
  });
  const before: [string, string | boolean][] = [];
  const after: [string, string | boolean][] = [];
  for (const name of names) {
    const was = change === "added" ? undefined : old?.[name];
    const is = change === "deleted" || now === undefined ? undefined : wordOf(name, Reflect.get(now, name));
    const [oldPart, newPart] = changedParts(was, is);
    // An element that came back may be as it was.
    if (was === is && fields === undefined) continue;
    if (oldPart !== undefined && oldPart !== "") before.push([name, oldPart]);
    else if (was === "" && is !== undefined) before.push([name, ""]);
    if (newPart !== undefined && (newPart !== "" || change === "updated")) after.push([name, newPart]);
  }
  return {
    ...{ change, what, id, at },
    ...(title !== undefined && { title: shorten(title, CONTEXT_CHARACTERS) }),
    ...(fields !== undefined && { fields }),
    ...(before.length > 0 && { old: Object.fromEntries(before) }),
    ...(after.length > 0 && { new: Object.fromEntries(after) }),
  };
}

/** A comment with the title of what it is pinned to. */
export function commentView(plan: Plan, comment: PlanComment): PlanComment {
  const title = elementTitle(plan, comment.elementId);
  if (title === undefined || title === "") return comment;
  const { id, elementId, ...rest } = comment;
  return { id, elementId, elementTitle: shorten(title, CONTEXT_CHARACTERS), ...rest };
}

export function elementTitle({ elements }: Plan, elementId: string | null): string | undefined {
  return elements.find(({ id }) => id === elementId)?.title;
}

function titleOf(plan: Plan, what: EditEntry["what"], one: object | undefined): string | undefined {
  if (one === undefined) return undefined;
  const [title, from, to] = ["title", "from", "to"].map((name): unknown => Reflect.get(one, name));
  if (what === "element") return typeof title === "string" ? title : undefined;
  const ends = [from, to].map((end) => (typeof end === "string" ? elementTitle(plan, end) || end : undefined));
  return ends.every((end) => end !== undefined) ? ends.join(" > ") : undefined;
}

function wordOf(name: string, value: unknown): string | boolean {
  if (name === "done") return value === true;
  return typeof value === "string" ? readable(value) : "";
}

type Word = string | boolean | undefined;

/** Both texts where they are short, else what is different in them, with a little of what is not. */
function changedParts(was: Word, is: Word): readonly [Word, Word] {
  if (typeof was !== "string" || typeof is !== "string" || Math.max(was.length, is.length) <= WHOLE_CHARACTERS) {
    return [cut(was), cut(is)];
  }
  const shortest = Math.min(was.length, is.length);
  let start = 0;
  while (start < shortest && was[start] === is[start]) start += 1;
  let end = 0;
  // Of a text that the journal has cut nobody knows the end.
  const most = isCutWord(was) ? 0 : shortest - start;
  while (end < most && was.at(-1 - end) === is.at(-1 - end)) end += 1;
  return [part(was, start, end), part(is, start, end)];
}

function part(text: string, start: number, end: number): string {
  const first = Math.max(0, start - CONTEXT_CHARACTERS);
  const last = Math.min(text.length, text.length - end + CONTEXT_CHARACTERS);
  const middle = text.slice(first, last).toWellFormed();
  return shorten(`${first > 0 ? "…" : ""}${middle}${last < text.length ? "…" : ""}`, MOST_CHARACTERS);
}

function cut(word: Word): Word {
  return typeof word === "string" ? shorten(word, MOST_CHARACTERS) : word;
}
