import { count, money } from "../text/amounts.ts";
import {
  activityOf,
  askWords,
  byAge,
  activityTime,
  costOf,
  elapsed,
  glyph,
  isAlive,
  isQueued,
  nameOf,
  statusWords,
  titleOf,
  tokensOf,
  type AgentNow,
} from "./agent-now.ts";
import { cell, span, type Line } from "./lines.ts";
import { cutToWidth } from "../text/table.ts";

/** What the list shows, and what of it is chosen. */
export interface ListParts {
  readonly agents: readonly AgentNow[];
  readonly plans: readonly string[];
  readonly filter: string;
  readonly now: number;
}

/** A row of the list; those with a key can be chosen. */
export type Row =
  | { readonly kind: "head"; readonly text: string }
  | { readonly kind: "plan"; readonly key: string; readonly slug: string }
  | { readonly kind: "agent"; readonly key: string; readonly agent: AgentNow; readonly place: number | undefined };

const PLAN_KEY = "plan:";

/** The slug, where a key is a plan's. */
export function planOfKey(key: string): string | undefined {
  return key.startsWith(PLAN_KEY) ? key.slice(PLAN_KEY.length) : undefined;
}

export function keyOfPlan(slug: string): string {
  return `${PLAN_KEY}${slug}`;
}

/** The rows: what waits for the user, who is at work, who waits in the line, who has ended, the last first. */
export function rowsOf({ agents, plans, filter }: ListParts): readonly Row[] {
  const fits = (text: string) => text.toLowerCase().includes(filter.toLowerCase());
  const shown = agents.filter((agent) =>
    fits(
      [
        titleOf(agent),
        nameOf(agent),
        agent.record.instanceId,
        agent.record.on ?? "",
        statusWords(agent),
        activityOf(agent),
      ].join(" "),
    ),
  );
  const row = (agent: AgentNow): Row => ({
    kind: "agent",
    key: agent.record.instanceId,
    agent,
    place: isQueued(agent) ? placeOf(agents, agent) : undefined,
  });
  const alive = shown.filter((agent) => isAlive(agent));
  return [
    ...group("Waits for you", [
      ...alive.filter((agent) => asks(agent)).map(row),
      ...plans.filter(fits).map((slug): Row => ({ kind: "plan", key: keyOfPlan(slug), slug })),
    ]),
    ...group("At work", alive.filter((agent) => !isQueued(agent) && !asks(agent)).map(row)),
    ...group("Queued", alive.filter((agent) => isQueued(agent)).map(row)),
    ...group(
      "Ended",
      shown
        .filter((agent) => !isAlive(agent))
        .toSorted((one, other) => endOf(other) - endOf(one))
        .map(row),
    ),
  ];
}

function asks(agent: AgentNow): boolean {
  return askWords(agent) !== undefined;
}

function group(text: string, rows: readonly Row[]): readonly Row[] {
  return rows.length === 0 ? [] : [{ kind: "head", text: `${text} (${rows.length})` }, ...rows];
}

function endOf({ record }: AgentNow): number {
  return Date.parse(record.endedAt ?? record.lastActivityAt);
}

/** The number in the line of its opencode for its place. */
function placeOf(agents: readonly AgentNow[], { record }: AgentNow): number {
  const before = agents.filter(
    (other) =>
      isQueued(other) &&
      other.record.on === record.on &&
      other.record.supervisor.token === record.supervisor.token &&
      other.record.instanceId !== record.instanceId &&
      byAge(other.record, record) < 0,
  );
  return before.length + 1;
}

/** The key that is chosen: the one asked for where it is there, else the first. */
export function chosenKey(rows: readonly Row[], asked: string | undefined): string | undefined {
  const keys = keysOf(rows);
  return asked !== undefined && keys.includes(asked) ? asked : keys[0];
}

/** The key so many rows further on, at most the last. */
export function keyAt(rows: readonly Row[], from: string | undefined, by: number): string | undefined {
  const keys = keysOf(rows);
  const at = Math.max(0, keys.indexOf(from ?? ""));
  return keys[Math.min(keys.length - 1, Math.max(0, at + by))];
}

function keysOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap((row) => (row.kind === "head" ? [] : row.key));
}

/** Why the list is empty, as far as can be told from here. */
export function emptyLines(see: "all" | "attached" | "unknown", columns: number): readonly Line[] {
  const words = {
    all: ["There is no agent here."],
    attached: [
      "This screen is attached to another opencode, and sees nothing of its agents.",
      "/bizar lists them, here too; opencode-bizar ps -w shows them live on the machine of that opencode.",
    ],
    unknown: [
      "The server half of Bizar has not said where its agents are.",
      'Is opencode-bizar among "plugin" in opencode.json? "opencode plugin opencode-bizar" writes both halves.',
    ],
  }[see];
  return words.flatMap((text) => Bun.wrapAnsi(text, columns).split("\n")).map((text) => [span(text, "textMuted")]);
}

/** The rows as lines, those around the chosen one where not all have room. */
export function listLines(
  rows: readonly Row[],
  chosen: string | undefined,
  { now, columns, height }: { readonly now: number; readonly columns: number; readonly height: number },
): readonly Line[] {
  const at = rows.findIndex((row) => row.kind !== "head" && row.key === chosen);
  const top = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height));
  return rows
    .slice(top, top + height)
    .map((row) => rowLine(row, row.kind !== "head" && row.key === chosen, now, columns));
}

const NAME_COLUMNS = 8;
const TIME_COLUMNS = 7;
const COST_COLUMNS = 7;

function rowLine(row: Row, isChosen: boolean, now: number, columns: number): Line {
  switch (row.kind) {
    case "head":
      return [span(cutToWidth(row.text, columns), "textMuted", { isBold: true })];
    case "plan":
      return [
        span(" ▲ ", "warning"),
        span(cell(`plan ${row.slug}: waits for your decision`, columns - 4), "warning", { isChosen }),
      ];
    case "agent": {
      const { agent, place } = row;
      const titleColumns = Math.min(48, Math.floor(columns * 0.38));
      const rest = columns - 3 - titleColumns - NAME_COLUMNS - TIME_COLUMNS - COST_COLUMNS - 4;
      return [
        span(" "),
        glyph(agent, now),
        span(" "),
        span(cell(titleOf(agent), titleColumns), "text", { isChosen }),
        span(` ${cell(nameOf(agent), NAME_COLUMNS)}`, "info"),
        span(` ${cell(doing(agent, place, now), rest)}`, isAlive(agent) ? "text" : "textMuted"),
        span(` ${elapsed(agent, now).padStart(TIME_COLUMNS)}`, "textMuted"),
        span(money(costOf(agent)).padStart(COST_COLUMNS), "textMuted"),
      ];
    }
  }
}

function doing(agent: AgentNow, place: number | undefined, now: number): string {
  const { on } = agent.record;
  if (place !== undefined) return `number ${place} in the line${on === undefined ? "" : ` of ${on}`}`;
  const where = on === undefined ? "" : `${on}: `;
  if (!isAlive(agent)) return `${where}${statusWords(agent)}`;
  return where + (askWords(agent) ?? `${activityOf(agent)} ${activityTime(agent, now)}`.trimEnd());
}

/** What all together come to, in a line. */
export function totals(agents: readonly AgentNow[]): string {
  const alive = agents.filter((agent) => isAlive(agent));
  const queued = alive.filter((agent) => isQueued(agent)).length;
  const cost = money(agents.reduce((sum, agent) => sum + costOf(agent), 0));
  const tokens = agents.reduce((sum, agent) => sum + tokensOf(agent), 0);
  const line = queued === 0 ? "" : ` · ${queued} queued`;
  return `${alive.length - queued} at work${line} · ${agents.length} in all · ${cost} · ${count(tokens)} tokens`;
}
