import { isJsonObject, type JsonObject } from "./clean-json.ts";
import { hasPicture } from "./element-kinds.ts";
import { LIMITS } from "./plan-limits.ts";

/** The longest text of a file that is read, in UTF-16 units: that of an image. */
const MOST_CHARACTERS = LIMITS.imageLength;

/** More values than any plan within its limits has that has few keys of other programs. */
const MOST_VALUES = 1_000_000;

const [QUOTE, BACKSLASH, COMMA, BRACE, BRACKET] = [0x22, 0x5c, 0x2c, 0x7b, 0x5b];

/** What a file holds within the limits that edits have, and in words what was left out. */
export interface CutPlan {
  readonly value: JsonObject;
  readonly cut: string | undefined;
}

/**
 * Cuts a plan that somebody made by hand, or that came with a repository, to what edits let through: whoever shows it,
 * or reads it in opencode's process, would stand still over the rest.
 */
export function cutPlan(value: JsonObject): CutPlan {
  const left: string[] = [];
  const cutList = (list: unknown, most: number, what: string): unknown => {
    if (!Array.isArray(list) || list.length <= most) return list;
    left.push(`${list.length - most} of ${list.length} ${what}`);
    return list.slice(0, most);
  };
  const comments = cutList(value.comments, LIMITS.comments, "comments");
  const lists = {
    elements: cutTexts(cutList(value.elements, LIMITS.elements, "elements"), left),
    connections: cutList(value.connections, LIMITS.connections, "connections"),
    comments: Array.isArray(comments) ? comments.map((comment) => cutThread(comment, left)) : comments,
    edits: Array.isArray(value.edits) ? value.edits.slice(-LIMITS.edits) : value.edits,
  };
  const present = Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined));
  const kept = { ...value, ...present };
  return { value: kept, cut: left.length === 0 ? undefined : `Left out, since a plan holds less: ${left.join(", ")}.` };
}

/**
 * Whether JSON holds more values than are looked at. It is told from the text: to make an object of each takes seconds,
 * in which opencode stands still.
 */
export function hasTooManyValues(json: string): boolean {
  let values = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) {
      isText = true;
    } else if (code === COMMA || code === BRACE || code === BRACKET) {
      values += 1;
      if (values > MOST_VALUES) return true;
    }
  }
  return false;
}

function cutTexts(elements: unknown, left: string[]): unknown {
  if (!Array.isArray(elements)) return elements;
  let cut = 0;
  const kept = elements.map((element: unknown) => {
    if (!isJsonObject(element)) return element;
    const most = hasPicture(element) ? MOST_CHARACTERS : LIMITS.contentLength;
    const { content, title } = element;
    const isLong = typeof content === "string" && content.length > most;
    const isTitleLong = typeof title === "string" && title.length > LIMITS.titleLength;
    if (!isLong && !isTitleLong) return element;
    cut += 1;
    return {
      ...element,
      ...(isLong ? { content: content.slice(0, most) } : {}),
      ...(isTitleLong ? { title: title.slice(0, LIMITS.titleLength) } : {}),
    };
  });
  if (cut > 0) left.push(`the ends of ${cut} long texts`);
  return kept;
}

function cutThread(comment: unknown, left: string[]): unknown {
  if (!isJsonObject(comment) || !Array.isArray(comment.thread)) return comment;
  if (comment.thread.length <= LIMITS.repliesOfOneComment) return comment;
  left.push(`${comment.thread.length - LIMITS.repliesOfOneComment} replies`);
  return { ...comment, thread: comment.thread.slice(0, LIMITS.repliesOfOneComment) };
}
