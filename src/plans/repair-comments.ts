import { PERSON, type PlanComment, type Reply } from "./plan.ts";
import { isJsonObject } from "./clean-json.ts";
import { coordinate, dropUnless, isMoment, objects, text, UniqueIds } from "./repair-values.ts";

/** When a remark was made that does not say so: whoever finds it new gives it a time. */
export const UNKNOWN_MOMENT = "1970-01-01T00:00:00.000Z";

/** @param elements what a comment may be pinned to */
export function repairComments(value: unknown, elements: UniqueIds): readonly PlanComment[] {
  const ids = new UniqueIds("c_");
  const replyIds = new UniqueIds("r_");
  return objects(value).map((given) => ({
    ...dropUnless(given, {
      resolved: (value) => typeof value === "boolean",
      x: isNotNull,
      y: isNotNull,
      quote: isQuote,
      suggestion: isText,
    }),
    id: ids.take(given.id),
    ...(isNotNull(given.x) && { x: coordinate(given.x, 0) }),
    ...(isNotNull(given.y) && { y: coordinate(given.y, 0) }),
    elementId: elements.find(given.elementId) ?? null,
    author: text(given.author) || PERSON,
    text: text(given.text),
    created: moment(given.created),
    thread: objects(given.thread).map((reply): Reply => ({
      ...reply,
      id: replyIds.take(reply.id),
      author: text(reply.author) || PERSON,
      text: text(reply.text),
      created: moment(reply.created),
    })),
  }));
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isQuote(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.text !== "string") return false;
  return value.offset === undefined || typeof value.offset === "number";
}

function isNotNull(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Any form of a time that a person may have written, in the one form that is compared. */
function moment(value: unknown): string {
  if (isMoment(value)) return value;
  const time = typeof value === "string" || typeof value === "number" ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(time) ? UNKNOWN_MOMENT : new Date(time).toISOString();
}
