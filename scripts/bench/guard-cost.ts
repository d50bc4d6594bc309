import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { inOwnProcess } from "./own-process.ts";
import { median, medianFigure } from "./statistics.ts";

interface Measured {
  /** Microseconds of each call. */
  readonly costs: readonly number[];
  /** Microseconds that one `JSON.stringify` and SHA-256 of the same arguments and result took. */
  readonly plain: readonly number[];
  /** Functions of `node:fs` that made somebody wait for the disk. */
  readonly syncCalls: readonly string[];
}

/** Bytes of the arguments, and as many of the result; how often; and how many plain digests a call may cost. */
const SIZES = [
  { name: "1 KB", bytes: 1000, count: 4000 },
  { name: "10 KB", bytes: 10_000, count: 2000, atMost: 4 },
  { name: "1 MB", bytes: 1_000_000, count: 100 },
];
const KINDS = { text: "one long text", nested: "many small values", failing: "a failing command" };

export const guardCost: Benchmark = {
  name: "guard-cost",
  about: "what the loop guard adds to each tool call, with arguments and a result of that size, in a fresh process",
  async run({ rounds = 1 }) {
    const figures: OwnFigure[] = [];
    const syncCalls: string[] = [];
    for (const [kind, what] of Object.entries(KINDS)) {
      for (const { name, bytes, count, atMost } of SIZES) {
        const measured: Measured[] = [];
        for (let round = 0; round < rounds; round++) {
          measured.push(await inOwnProcess<Measured>("guard-cost.ts", kind, String(bytes), String(count)));
        }
        syncCalls.push(...measured.flatMap((each) => each.syncCalls));
        const costs = measured.flatMap((each) => each.costs);
        const plain = median(measured.flatMap((each) => each.plain));
        figures.push(medianFigure(`${name}, ${what}`, costs, "µs"));
        const ratio = { figure: `${name}, ${what} / a plain digest`, value: median(costs) / plain, unit: "x" } as const;
        figures.push(atMost === undefined ? ratio : { ...ratio, atMost });
      }
    }
    if (syncCalls.length > 0) process.stderr.write(`synchronous: ${[...new Set(syncCalls)].join(", ")}\n`);
    return [...figures, { figure: "synchronous file calls", value: syncCalls.length, unit: "calls", atMost: 0 }];
  },
};
