import { money } from "../text/amounts.ts";
import { plainLine } from "../text/plain-text.ts";
import {
  activityOf,
  activityTime,
  costOf,
  elapsed,
  glyph,
  isAlive,
  nameOf,
  statusWords,
  titleOf,
  type AgentNow,
} from "./agent-now.ts";
import { span, type Line } from "./lines.ts";
import { planKey, type TasksDone } from "./tasks-done.ts";
import { cutToWidth } from "../text/table.ts";

/** What opencode's sidebar has room for. */
const COLUMNS = 37;
const MOST_ENDED = 4;
const BAR = 10;

export interface SidebarContent {
  readonly agents: readonly AgentNow[];
  readonly tasks: ReadonlyMap<string, TasksDone>;
}

/**
 * The agents of a session, for the sidebar: how far their plans have come, those at work, and the last that have ended.
 * Nothing where there are none.
 */
export function sidebarLines({ agents, tasks }: SidebarContent, sessionId: string, now: number): readonly Line[] {
  const own = agents.filter(({ record }) => record.parent.sessionId === sessionId);
  if (own.length === 0) return [];
  const alive = own.filter((agent) => isAlive(agent));
  const ended = own.filter((agent) => !isAlive(agent));
  const cost = own.reduce((sum, agent) => sum + costOf(agent), 0);
  const more =
    ended.length > MOST_ENDED ? [[span(`and ${ended.length - MOST_ENDED} that ended earlier`, "textMuted")]] : [];
  return [
    [span("Agents", "text", { isBold: true }), span(`  ${money(cost)} in all`, "textMuted")],
    ...planLines(own, tasks),
    ...[...alive, ...ended.slice(-MOST_ENDED).toReversed()].flatMap((agent) => agentLines(agent, now)),
    ...more,
  ];
}

function planLines(agents: readonly AgentNow[], tasks: SidebarContent["tasks"]): Line[] {
  const keys = new Set(agents.flatMap(({ record }) => (record.planTask === null ? [] : planKey(record.planTask))));
  return [...keys].flatMap((key) => {
    const plan = tasks.get(key);
    if (plan === undefined) return [];
    const full = Math.floor((BAR * plan.done) / plan.tasks);
    const count = ` ${plan.done} of ${plan.tasks}`;
    const title = cutToWidth(plainLine(plan.title, COLUMNS), COLUMNS - BAR - count.length - 1);
    return [[span("▰".repeat(full), "success"), span("▱".repeat(BAR - full), "textMuted"), span(`${count} ${title}`)]];
  });
}

function agentLines(agent: AgentNow, now: number): readonly Line[] {
  const numbers = [elapsed(agent, now), money(costOf(agent))].filter((text) => text !== "").join(" ");
  const head: Line = [glyph(agent, now), span(` ${cutToWidth(titleOf(agent), COLUMNS - 2)}`)];
  if (!isAlive(agent))
    return [
      head,
      [span(`  ${cutToWidth(`${nameOf(agent)} · ${statusWords(agent)} · ${numbers}`, COLUMNS - 2)}`, "textMuted")],
    ];
  const does = `${activityOf(agent)} ${activityTime(agent, now)}`.trimEnd();
  return [
    head,
    [span(`  ${cutToWidth(does, COLUMNS - 2)}`, "info")],
    [span(`  ${cutToWidth(`${nameOf(agent)} · ${numbers}`, COLUMNS - 2)}`, "textMuted")],
  ];
}
