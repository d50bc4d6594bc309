import type { ListedRecord } from "../store/record.ts";
import { spentBy, tokensOf } from "../store/spent.ts";
import { count, money } from "../text/amounts.ts";
import { plainName } from "../text/plain-name.ts";
import { duration, plainLine } from "../text/plain-text.ts";
import { shortIds } from "../text/short-ids.ts";
import { colouredStatus, cutToWidth, table } from "../text/table.ts";
import { countsOf, silentFor } from "./choice.ts";
import { ownerState } from "./find-record.ts";

const CELL_CHARACTERS = 40;
/** Less of an activity or a title says nothing. */
const FEWEST_CHARACTERS = 12;
const GAP = 2;

const FLEXIBLE = ["ACTIVITY", "TITLE"] as const;
/** What is left out where the terminal is too narrow, the first one first. */
const DISPENSABLE = ["OPENCODE", "TOOLS", "TOKENS", "SILENT"] as const;

/** Where a table is shown. */
export interface Look {
  readonly colours: boolean;
  /** The width of the terminal; `undefined` where there is none: then everything is shown whole. */
  readonly columns: number | undefined;
  readonly now: number;
}

type Cells = Readonly<Record<string, string>>;

/** Agents as a table. In a terminal ids are short and the lines fit its width. */
export function agentsTable(records: readonly ListedRecord[], look: Look): string {
  const { columns } = look;
  const short = columns === undefined ? (id: string) => id : shortIds(records.map(({ instanceId }) => instanceId));
  // A column that says something only where there are other places.
  const isElsewhere = records.some(({ on }) => on !== undefined);
  const rows = records.map((record): Cells => ({
    ...cellsOf(record, short(record.instanceId), look),
    ...(isElsewhere && { ON: record.on ?? "here" }),
  }));
  const head = columns === undefined ? namesOf(rows) : thatFit(rows, columns);
  const most = columns === undefined ? CELL_CHARACTERS : flexibleWidth(rows, head, columns);
  const cells = rows.map((row) =>
    head.map((name) => (isFlexible(name) ? cutToWidth(row[name] ?? "", most) : (row[name] ?? ""))),
  );
  return table(head, cells);
}

/** What agents are and have used, in a line. */
export function totals(records: readonly ListedRecord[]): string {
  const { agents, tokens, costUsd } = spentBy(records);
  const counts = agents === 0 ? "" : ` (${countsOf(records)})`;
  return `${agents} ${agents === 1 ? "agent" : "agents"}${counts} · ${count(tokens)} tokens · ${money(costUsd)}`;
}

function cellsOf(record: ListedRecord, id: string, { colours, now }: Look): Cells {
  const hasEnded = record.endedAt !== null;
  const end = record.reason === null || record.reason === record.status ? "" : `: ${record.reason}`;
  const silent = silentFor(record, now);
  return {
    ID: id,
    AGENT: plainLine(plainName(record.agent), CELL_CHARACTERS),
    STATUS: `${colouredStatus(record.status, colours)}${end}`,
    ACTIVITY: hasEnded ? "-" : plainLine(record.activity, CELL_CHARACTERS),
    SILENT: silent === undefined ? "-" : duration(silent),
    TOOLS: String(record.toolCallCount),
    TOKENS: count(tokensOf(record)),
    COST: money(record.costUsd),
    AGE: duration(now - Date.parse(record.createdAt)),
    OPENCODE: hasEnded ? "-" : ownerState(record),
    TITLE: plainLine(record.title, CELL_CHARACTERS),
  };
}

function namesOf([row = {}]: readonly Cells[]): string[] {
  return Object.keys(row);
}

function isFlexible(name: string): boolean {
  return FLEXIBLE.some((flexible) => flexible === name);
}

function thatFit(rows: readonly Cells[], columns: number): string[] {
  let head = namesOf(rows);
  for (const name of DISPENSABLE) {
    if (flexibleWidth(rows, head, columns) >= FEWEST_CHARACTERS) break;
    head = head.filter((other) => other !== name);
  }
  return head;
}

/** What is left of a line for each of the flexible cells; what one of them does not take is the other's. */
function flexibleWidth(rows: readonly Cells[], head: readonly string[], columns: number): number {
  const width = (name: string) =>
    Math.max(...[name, ...rows.map((row) => row[name] ?? "")].map((cell) => Bun.stringWidth(cell)));
  const flexible = head
    .filter(isFlexible)
    .map(width)
    .toSorted((a, b) => a - b);
  const fixed = head.filter((name) => !isFlexible(name)).reduce((sum, name) => sum + width(name), 0);
  const left = columns - fixed - GAP * (head.length - 1);
  const [small = 0, large = 0] = flexible;
  if (small + large <= left) return large;
  return Math.max(1, small < left / 2 ? left - small : Math.floor(left / 2));
}
