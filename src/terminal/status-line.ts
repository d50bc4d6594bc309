import { money } from "../text/amounts.ts";
import {
  activityOf,
  askWords,
  activityTime,
  costOf,
  glyph,
  isAlive,
  isQueued,
  nameOf,
  type AgentNow,
} from "./agent-now.ts";
import { plain, span, width, type Line, type Span } from "./lines.ts";
import { cutToWidth } from "../text/table.ts";

/** The key that opens the screen of all agents, for people. */
export const AGENTS_KEY = "F6";

/** What the line is about. */
export interface Standing {
  readonly agents: readonly AgentNow[];
  /** The plans that wait for the user. */
  readonly plans: readonly string[];
}

const LEAST_ACTIVITY = 12;
/** Of a question, so that count and cost have room beside it. */
const MOST_ASKED = 44;

/**
 * The line that is there while an agent lives or something waits for the user, who comes first: `◐ 3 agents · thor: bash
 * bun test 12 s · $0.31`. `undefined` when there is nothing to say.
 */
export function statusLine({ agents, plans }: Standing, now: number, columns: number): Line | undefined {
  const alive = agents.filter((agent) => isAlive(agent));
  if (alive.length === 0 && plans.length === 0) return undefined;
  const waits = waiting(asking(alive), plans);
  if (alive.length === 0) return [...waits, ...key(` · ${AGENTS_KEY}`)];
  const running = alive.filter((agent) => !isQueued(agent));
  const queued = alive.length - running.length;
  const [first] = running.toSorted((one, other) => interest(other) - interest(one));
  const turning = glyph(first ?? alive[0]!, now);
  const count = `${running.length} ${running.length === 1 ? "agent" : "agents"}${queued === 0 ? "" : `, ${queued} queued`}`;
  const cost = money(alive.reduce((sum, agent) => sum + costOf(agent), 0));
  const head: Line = [...waits, ...(waits.length > 0 ? [span(" · ", "textMuted")] : []), turning, span(` ${count}`)];
  const tail: Line = [span(` · ${cost}`, "textMuted"), ...key(` · ${AGENTS_KEY}`)];
  const room = columns - width(plain(head)) - width(plain(tail));
  return [...head, ...(first === undefined ? [] : doing(first, now, room)), ...tail];
}

function key(text: string): Line {
  return [span(text, "textMuted")];
}

function asking(alive: readonly AgentNow[]): readonly string[] {
  return alive.flatMap((agent) => {
    const asks = askWords(agent);
    return asks === undefined ? [] : cutToWidth(`${nameOf(agent)} ${asks}`, MOST_ASKED);
  });
}

function waiting(asks: readonly string[], plans: readonly string[]): Line {
  const all = [...asks, ...plans.map((slug) => `plan ${slug} waits for you`)];
  const [only, ...more] = all;
  if (only === undefined) return [];
  const isPlans = asks.length === 0;
  const what = more.length === 0 ? only : `${all.length} ${isPlans ? "plans" : "things"} wait for you`;
  return [span(`▲ ${what}`, "warning", { isBold: true })];
}

/** What has an argument says more than what waits for a model, and what changed last more than what did not. */
function interest({ record, live }: AgentNow): number {
  const activity = live?.activity ?? record.activity;
  return (activity.startsWith("tool ") ? 1e15 : 0) + (live?.since ?? Date.parse(record.lastActivityAt));
}

function doing(agent: AgentNow, now: number, room: number): Span[] {
  const time = activityTime(agent, now);
  const name = `${nameOf(agent)}: `;
  const left = room - width(` · ${name}`) - (time === "" ? 0 : width(time) + 1);
  if (left < LEAST_ACTIVITY) return [];
  const what = cutToWidth(activityOf(agent), left);
  return [span(" · ", "textMuted"), span(name, "info"), span(`${what}${time === "" ? "" : ` ${time}`}`)];
}
