import { isJsonObject, type JsonObject } from "./clean-json.ts";
import { estimateSize } from "./element-size.ts";
import { clamp, LIMITS } from "./plan-limits.ts";
import { repairComments } from "./repair-comments.ts";
import { coordinate, dropUnless, isMoment, number, objects, text, UniqueIds } from "./repair-values.ts";
import { MOST_WHOLE_CHARACTERS } from "./old-words.ts";
import type { Connection, EditEntry, Plan, PlanElement, Viewport } from "./plan.ts";

/**
 * The plan that an object from a file stands for. What single fields lack or have wrong is made good: a default, a new
 * name for an id that is there twice, a connection without its ends left out. The same object always gives the same plan.
 *
 * @param value free of `__proto__`
 */
export function repairPlan(value: JsonObject): Plan {
  const ids = new UniqueIds("el_");
  const elements = repairElements(value.elements, ids);
  return {
    ...dropUnless(value, { id: isString }),
    schemaVersion: 2,
    title: text(value.title),
    elements,
    connections: repairConnections(value.connections, ids),
    comments: repairComments(value.comments, ids),
    viewport: repairViewport(value.viewport),
    revision: Math.max(0, Math.trunc(number(value.revision, 0))),
    edits: (Array.isArray(value.edits) ? value.edits.filter(isEditEntry) : []).slice(-LIMITS.edits),
  };
}

/** What an entry of the journal is about may be gone since: its id is only looked at. */
const JOURNAL_ID = /^(?:el|conn)_[A-Za-z0-9_-]{1,64}$/;

const isString = (value: unknown): boolean => typeof value === "string";
const isBoolean = (value: unknown): boolean => typeof value === "boolean";

function repairElements(value: unknown, ids: UniqueIds): readonly PlanElement[] {
  return objects(value).map((given) => {
    const named = {
      id: ids.take(given.id),
      type: text(given.type) || "text",
      title: text(given.title),
      content: text(given.content),
    };
    const width = side(given.width, () => estimateSize(named).width);
    const height = side(given.height, () => estimateSize(named, width).height);
    const isPlaced = Number.isFinite(number(given.x, Number.NaN)) && Number.isFinite(number(given.y, Number.NaN));
    return {
      ...dropUnless(given, {
        done: isBoolean,
        answer: isString,
        answeredBy: isString,
        language: isString,
        section: isString,
        autoPlaced: isBoolean,
        ownSize: isBoolean,
      }),
      ...named,
      x: coordinate(given.x, 0),
      y: coordinate(given.y, 0),
      width,
      height,
      ...(isPlaced ? {} : { autoPlaced: true }),
    };
  });
}

/** A text is only looked through where nothing says how much room it takes. */
function side(value: unknown, estimate: () => number): number {
  const given = number(value, Number.NaN);
  return clamp(Number.isNaN(given) ? estimate() : given, LIMITS.smallestSide, LIMITS.largestSide);
}

function repairConnections(value: unknown, elements: UniqueIds): readonly Connection[] {
  const ids = new UniqueIds("conn_");
  return objects(value).flatMap((given) => {
    const [from, to] = [elements.find(given.from), elements.find(given.to)];
    if (from === undefined || to === undefined) return [];
    return [{ ...dropUnless(given, { label: isString, type: isString }), id: ids.take(given.id), from, to }];
  });
}

function repairViewport(value: unknown): Viewport {
  const given = isJsonObject(value) ? value : {};
  return { ...given, x: number(given.x, 0), y: number(given.y, 0), zoom: clamp(number(given.zoom, 1), 0.01, 100) };
}

function isOldWord(value: unknown): boolean {
  return typeof value === "boolean" || (typeof value === "string" && value.length <= MOST_WHOLE_CHARACTERS);
}

function isEditEntry(value: unknown): value is EditEntry {
  if (!isJsonObject(value) || !isJsonObject(value.by)) return false;
  const { by, fields, old } = value;
  return (
    typeof value.revision === "number" &&
    isMoment(value.at) &&
    (by.kind === "person" || (by.kind === "agent" && typeof by.name === "string")) &&
    ["added", "updated", "deleted"].includes(text(value.change)) &&
    (value.what === "element" || value.what === "connection") &&
    typeof value.id === "string" &&
    JOURNAL_ID.test(value.id) &&
    (old === undefined || (isJsonObject(old) && Object.values(old).every(isOldWord))) &&
    (fields === undefined || (Array.isArray(fields) && fields.every((field) => typeof field === "string")))
  );
}
