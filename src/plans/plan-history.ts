import { cleanJson, isJsonObject, type JsonObject } from "./clean-json.ts";
import { hasPicture } from "./element-kinds.ts";
import { readable } from "./old-words.ts";
import type { Author, Connection, Plan, PlanElement } from "./plan.ts";
import { repairPlan } from "./repair-plan.ts";
import { isMoment, objects, text as textOf } from "./repair-values.ts";

/** What of a plan a revision of its history has. */
type Content = Pick<Plan, "title" | "elements" | "connections">;

/** A plan as it was once. */
export interface KeptRevision extends Content {
  readonly revision: number;
  /** ISO 8601. */
  readonly at: string;
  /** `null`: it was there when the history began. */
  readonly by: Author | null;
}

/** Oldest first. */
export type PlanHistory = readonly KeptRevision[];

/** A history as it is kept and sent: what several revisions share is there once. */
export interface PackedHistory {
  readonly parts: readonly object[];
  readonly revisions: readonly (Pick<KeptRevision, "revision" | "at" | "by" | "title"> & {
    /** Places in `parts`. */
    readonly elements: readonly number[];
    readonly connections: readonly number[];
  })[];
}

export const MOST_REVISIONS = 50;
/** In UTF-16 units, which is a little less than in bytes. */
const MOST_CHARACTERS = 1_000_000;
/** A picture's bytes would be most of a history. */
const LONGEST_PICTURE = 20_000;

/**
 * A history with what was done since, as text: a line of revisions, then a line for each part. Every edit makes one, so
 * that no part is parsed for it.
 *
 * @param before `null`: there is none
 * @returns `null` where nothing is new
 */
export function withRevisions(before: string | null, added: PlanHistory): string | null {
  const [first = "", ...lines] = (before ?? "").split("\n");
  const parts = [...lines];
  const places = new Map(lines.map((line, place) => [line, place]));
  const placeOf = (part: object): number => {
    const line = JSON.stringify(part);
    const place = places.get(line) ?? parts.push(line) - 1;
    places.set(line, place);
    return place;
  };
  const known = revisionsIn(first);
  const revisions = [...known];
  for (const { revision, at, by, title, elements, connections } of added) {
    const own = elements.map((element) => placeOf(withoutPicture(element)));
    const next = { revision, at, by, title, elements: own, connections: connections.map(placeOf) };
    const last = revisions.at(-1);
    if (last === undefined || !isSame(last, next)) revisions.push(next);
  }
  return revisions.length === known.length ? null : shortened(revisions.slice(-MOST_REVISIONS), parts);
}

/** At most a megabyte: where it would be more, the oldest are left out. */
function shortened(revisions: PackedHistory["revisions"], parts: readonly string[]): string {
  const used = [...new Set(revisions.flatMap(({ elements, connections }) => [...elements, ...connections]))];
  const places = new Map(used.map((place, index) => [place, index]));
  const moved = (all: readonly number[]) => all.map((place) => places.get(place) ?? 0);
  const kept = revisions.map((one) => ({
    ...one,
    elements: moved(one.elements),
    connections: moved(one.connections),
  }));
  const text = [JSON.stringify(kept), ...used.map((place) => parts[place] ?? "{}")].join("\n");
  if (text.length <= MOST_CHARACTERS || revisions.length === 0) return text;
  return shortened(revisions.slice(Math.max(1, Math.floor(revisions.length / 8))), parts);
}

export function packHistory(history: PlanHistory): PackedHistory {
  const places = new Map<string, number>();
  const parts: object[] = [];
  const placeOf = (part: object): number => {
    const text = JSON.stringify(part);
    const place = places.get(text) ?? parts.push(part) - 1;
    places.set(text, place);
    return place;
  };
  const revisions = history.map(({ revision, at, by, title, elements, connections }) => {
    return { revision, at, by, title, elements: elements.map(placeOf), connections: connections.map(placeOf) };
  });
  return { parts, revisions };
}

export function unpackHistory({ parts, revisions }: PackedHistory): PlanHistory {
  const partsAt = (places: readonly number[]): readonly object[] =>
    places.flatMap((place) => (parts[place] === undefined ? [] : [parts[place]]));
  return revisions.map(({ elements, connections, ...revision }) => ({
    ...revision,
    elements: partsAt(elements) as readonly PlanElement[],
    connections: partsAt(connections) as readonly Connection[],
  }));
}

/** The history that a file holds; what does not belong there is left out. Each part is looked at once. */
export function readHistory(text: string): PlanHistory {
  const [first = "", ...lines] = text.split("\n");
  const parts = lines.map(parsed).map((part) => (isJsonObject(part) ? part : {}));
  const elements = parts.map((part) => repairPlan({ elements: [part] }).elements[0]);
  const connections = parts.map((part) => connectionOf(part));
  return revisionsIn(first).flatMap((packed): KeptRevision[] => {
    const { revision, at, by } = packed;
    if (typeof revision !== "number" || !isMoment(at) || !isAuthor(by)) return [];
    const own = onceEach(packed.elements.map((place) => elements[place]));
    const ids = new Set(own.map(({ id }) => id));
    const between = onceEach(packed.connections.map((place) => connections[place]));
    const whole = between.filter(({ from, to }) => ids.has(from) && ids.has(to));
    return [{ revision, at, by, title: textOf(packed.title), elements: own, connections: whole }];
  });
}

function connectionOf({ id, from, to, label, type }: JsonObject): Connection | undefined {
  if (![id, from, to].every((end) => typeof end === "string")) return undefined;
  const words = Object.entries({ label, type }).filter(([, word]) => typeof word === "string");
  return { id: String(id), from: String(from), to: String(to), ...Object.fromEntries(words) };
}

function onceEach<T extends { readonly id: string }>(members: readonly (T | undefined)[]): readonly T[] {
  return [...new Map(members.flatMap((member) => (member === undefined ? [] : [[member.id, member]]))).values()];
}

/** A picture that the history does not hold, from the plan where that has it still. */
export function withPictures({ elements, ...kept }: KeptRevision, now: Pick<Plan, "elements">): KeptRevision {
  const pictures = new Map(now.elements.map((element) => [element.id, element]));
  return {
    ...kept,
    elements: elements.map((element) => {
      const there = pictures.get(element.id);
      const isLost = hasPicture(element) && element.content === "" && there !== undefined && hasPicture(there);
      return isLost ? { ...element, content: there.content } : element;
    }),
  };
}

function withoutPicture(element: PlanElement): PlanElement {
  const isLarge = element.content.length > LONGEST_PICTURE && readable(element.content) !== element.content;
  return isLarge ? { ...element, content: "" } : element;
}

type Packed = PackedHistory["revisions"][number];

function isSame(one: Packed, other: Packed): boolean {
  const { elements, connections } = other;
  return one.title === other.title && areSame(one.elements, elements) && areSame(one.connections, connections);
}

function areSame(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((place, index) => place === others[index]);
}

/** What is none of a history's revisions is left out: nothing hangs on it, and the next edit begins a new one. */
function revisionsIn(line: string): PackedHistory["revisions"] {
  return objects(parsed(line)).filter(
    ({ elements, connections }) => Array.isArray(elements) && Array.isArray(connections),
  ) as unknown as PackedHistory["revisions"];
}

function parsed(line: string): unknown {
  try {
    return cleanJson(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function isAuthor(by: unknown): boolean {
  if (by === null) return true;
  return isJsonObject(by) && (by.kind === "person" || (by.kind === "agent" && typeof by.name === "string"));
}
