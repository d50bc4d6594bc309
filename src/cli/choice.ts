import { tokensOf } from "../store/spent.ts";
import type { ListedRecord } from "../store/record.ts";
import { terminalStatuses } from "../supervisor/outcome.ts";
import { folded } from "../text/things-meant.ts";
import { CommandError, type CommandInput, type Flag } from "./command.ts";

/** The flags that choose among agents. */
export const CHOICE_FLAGS: Readonly<Record<string, Flag>> = {
  agent: { value: "name", about: "only agents of this name" },
  parent: { value: "session", about: "only those that this session asked for: its id, or the end of it" },
  status: { value: "status", about: "only those with this status or reason; one that has ended includes --all" },
  find: { value: "text", about: "only those with this text in the title, the prompt, the activity or the error" },
};

const LIVE = ["queued", "pending", "running"] as const;
const FEWEST_OF_SESSION = 6;

/** Which agents the flags mean. Without `--all`, or a status that says so, only those that have not ended. */
export function choice(values: CommandInput["values"]): (record: ListedRecord) => boolean {
  const [agent, parent, status, find] = ["agent", "parent", "status", "find"].map((name) => given(values, name));
  const withEnded = values["all"] === true || (status !== undefined && !LIVE.some((live) => live === status));
  const isChosen: ((record: ListedRecord) => boolean)[] = [
    (record) => withEnded || record.endedAt === null,
    (record) => agent === undefined || folded(record.agent) === agent,
    (record) => parent === undefined || isSession(record.parent.sessionId, parent),
    (record) => status === undefined || record.status === status || record.reason === status,
    (record) => find === undefined || textOf(record).includes(find),
  ];
  return (record) => isChosen.every((rule) => rule(record));
}

function given(values: CommandInput["values"], name: string): string | undefined {
  const value = values[name];
  if (typeof value !== "string") return undefined;
  if (folded(value) === "") throw new CommandError(`--${name} needs a word.`, 2);
  return folded(value);
}

function isSession(id: string, name: string): boolean {
  const whole = id.toLowerCase();
  return whole === name || (name.length >= FEWEST_OF_SESSION && whole.endsWith(name));
}

function textOf({ instanceId, title, promptPreview, activity, error, model }: ListedRecord): string {
  return [instanceId, title, promptPreview, activity, error ?? "", model].map(folded).join("\n");
}

type Order = (record: ListedRecord, now: number) => number;

/** What agents can be sorted by; the largest comes first. */
export const orders = {
  age: ({ createdAt }, now) => now - Date.parse(createdAt),
  cost: ({ costUsd }) => costUsd,
  tokens: tokensOf,
  tools: ({ toolCallCount }) => toolCallCount,
  silent: (record, now) => silentFor(record, now) ?? -1,
} as const satisfies Readonly<Record<string, Order>>;

export type OrderName = keyof typeof orders;

/** The order that was asked for. */
export function orderNamed(name: string | boolean | undefined = "age"): OrderName {
  const found = (Object.keys(orders) as OrderName[]).find((one) => one === name);
  if (found !== undefined) return found;
  throw new CommandError(`--sort takes one of ${Object.keys(orders).join(", ")}, not ${JSON.stringify(name)}.`, 2);
}

/** Sorted by this, the largest first; equal ones oldest first. */
export function sorted(records: readonly ListedRecord[], by: OrderName, now: number): ListedRecord[] {
  return records.toSorted((a, b) => orders[by](b, now) - orders[by](a, now));
}

/** For how many milliseconds nothing was heard of an agent that runs. */
export function silentFor({ status, lastActivityAt }: ListedRecord, now: number): number | undefined {
  const isRunning = status === "pending" || status === "running";
  return isRunning ? Math.max(0, now - Date.parse(lastActivityAt)) : undefined;
}

/** The numbers of those in each status, and how many have ended: `2 running, 1 queued, 3 ended`. */
export function countsOf(records: readonly ListedRecord[]): string {
  const ended: readonly string[] = terminalStatuses;
  const groups = Map.groupBy(records, ({ status }) => (ended.includes(status) ? "ended" : status));
  const names = ["running", "pending", "queued", "ended"] as const;
  return names.flatMap((name) => (groups.has(name) ? [`${groups.get(name)?.length} ${name}`] : [])).join(", ");
}
