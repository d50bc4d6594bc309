import { dirname, join } from "node:path";
import { hasPicture } from "../../plans/element-kinds.ts";
import { COMMENT_RULES, CONNECTION_RULES, ELEMENT_RULES } from "../../plans/operation-checks.ts";
import type { Connection, PlanElement } from "../../plans/plan.ts";
import type { AgentAtWork, StoredPlan } from "../../plans/plan-store-port.ts";
import { standingView } from "../plans/standing-view.ts";
import { cutToJsonBytes, jsonBytes, MAX_ANSWER_BYTES } from "./answer.ts";
import { shorten } from "../../text/shorten.ts";

/** The longest text that is told whole, in characters: the largest that fits is taken. */
const LENGTHS = [Infinity, 4000, 1000, 250, 60] as const;
const MOST_NOTE_BYTES = 12_000;
/** No model reads a picture's bytes as text. */
const IMAGE_CHARACTERS = 60;

/** A place that the layout has chosen says nothing to anybody. */
const PLACE_FIELDS = ["x", "y", "width", "height", "autoPlaced"];
const ELEMENT_FIELDS = ["id", ...ELEMENT_RULES.keys()];
const AUTO_PLACED_FIELDS = ELEMENT_FIELDS.filter((name) => !PLACE_FIELDS.includes(name));
const CONNECTION_FIELDS = ["id", ...CONNECTION_RULES.keys()];
const REPLY_FIELDS = ["id", "author", "text", "created"];
const COMMENT_FIELDS = [...REPLY_FIELDS, ...COMMENT_RULES.keys(), "thread"];

/** A plan as `get_canvas` tells it: whole where it fits, else with texts cut, and in the end with parts left out. */
export function canvasView(
  facts: Record<string, unknown>,
  stored: StoredPlan,
  path: string,
  agents: readonly AgentAtWork[] = [],
): Record<string, unknown> {
  const { plan, meta } = stored;
  const workers = new Map(agents.map(({ elementId, instanceId, status }) => [elementId, { instanceId, status }]));
  const { state, decision, note } = meta.review;
  const shownNote = note === undefined ? undefined : cutToJsonBytes(note, MOST_NOTE_BYTES);
  const head = {
    ok: true,
    ...facts,
    title: plan.title,
    status: meta.status,
    review: {
      state,
      ...(decision === undefined ? {} : { decision }),
      ...(shownNote === undefined ? {} : { note: shownNote }),
      ...(shownNote === note ? {} : { truncated: true, path: join(dirname(path), "meta.json") }),
      ...standingView(stored),
    },
    revision: plan.revision,
    ...(stored.cut === undefined ? {} : { note: stored.cut }),
  };
  const connections = plan.connections.map((connection) => known(connection, CONNECTION_FIELDS));
  for (const length of LENGTHS) {
    const elements = plan.elements.map((element) => {
      const agent = workers.get(element.id);
      return { ...cutElement(element, length), ...(agent !== undefined && { agent }) };
    });
    const comments = plan.comments.map((comment) => ({
      ...known(comment, COMMENT_FIELDS),
      text: shorten(comment.text, length),
      thread: comment.thread.map((reply) => ({ ...known(reply, REPLY_FIELDS), text: shorten(reply.text, length) })),
    }));
    const cut = length === Infinity ? {} : { truncated: true, path };
    const view = { ...head, ...cut, elements, connections, comments };
    if (jsonBytes(view) <= MAX_ANSWER_BYTES) return view;
  }
  return fewer({ ...head, truncated: true, path }, plan.elements, connections, plan.comments.length);
}

function cutElement(element: PlanElement, length: number): Partial<PlanElement> {
  const most = hasPicture(element) ? IMAGE_CHARACTERS : length;
  const isPlaced = element.autoPlaced !== true;
  return {
    ...known(element, isPlaced ? ELEMENT_FIELDS : AUTO_PLACED_FIELDS),
    ...(element.title === "" ? {} : { title: shorten(element.title, length) }),
    ...(element.content === "" ? {} : { content: shorten(element.content, most) }),
    ...(element.answer === undefined ? {} : { answer: shorten(element.answer, length) }),
  };
}

/**
 * What there is of the fields. What other programs keep in a plan is theirs: no person sees it on the page, so no agent
 * is told it.
 */
function known<T extends object>(value: T, fields: readonly string[]): Partial<T> {
  const entries = Object.entries(value).filter(([name, field]) => fields.includes(name) && field !== "");
  return Object.fromEntries(entries) as Partial<T>;
}

/** As many elements and connections as there is room for, each in a line of its own. */
function fewer(
  head: Record<string, unknown>,
  all: readonly PlanElement[],
  allConnections: readonly Partial<Connection>[],
  comments: number,
): Record<string, unknown> {
  let room = MAX_ANSWER_BYTES - jsonBytes(head) - 500;
  const fitting = <T>(list: readonly T[], share: number): T[] => {
    let left = room * share;
    // As deep as it stands in the answer, so that its indentation counts.
    return list.filter((item) => (left -= jsonBytes([[item]])) > 0);
  };
  const elements = fitting(
    all.map(({ id, type, title }) => ({ id, type, title: shorten(title, 60) })),
    0.6,
  );
  room -= jsonBytes([elements]);
  const connections = fitting(
    allConnections.map(({ id, from, to }) => ({ id, from, to })),
    1,
  );
  const counts = { elements: all.length, connections: allConnections.length, comments };
  return { ...head, counts, elements, connections };
}
