import type { ListedRecord } from "./record.ts";

/** What agents have used together. */
export interface Spent {
  readonly agents: number;
  readonly toolCalls: number;
  /** All that went to models and came from them, cached or not. */
  readonly tokens: number;
  readonly costUsd: number;
}

type Spender = Pick<ListedRecord, "tokens" | "toolCallCount" | "costUsd">;

/** All tokens of one agent. */
export function tokensOf({ tokens }: Pick<Spender, "tokens">): number {
  return tokens.input + tokens.output + tokens.reasoning + tokens.cacheRead + tokens.cacheWrite;
}

/** What these have used together. */
export function spentBy(records: readonly Spender[]): Spent {
  const none: Spent = { agents: 0, toolCalls: 0, tokens: 0, costUsd: 0 };
  return records.reduce(
    (sum, record) => ({
      agents: sum.agents + 1,
      toolCalls: sum.toolCalls + record.toolCallCount,
      tokens: sum.tokens + tokensOf(record),
      costUsd: sum.costUsd + record.costUsd,
    }),
    none,
  );
}

/** What was used, by what a record is counted under; the dearest first, then the most tokens, then by name. */
export function spentPer<R extends Spender>(
  records: readonly R[],
  nameOf: (record: R) => string,
): readonly { readonly name: string; readonly spent: Spent }[] {
  const groups = Map.groupBy(records, nameOf);
  return [...groups]
    .map(([name, group]) => ({ name, spent: spentBy(group) }))
    .toSorted(
      (a, b) =>
        b.spent.costUsd - a.spent.costUsd ||
        b.spent.tokens - a.spent.tokens ||
        (a.name < b.name ? -1 : Number(a.name > b.name)),
    );
}
