import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { inOwnProcess } from "./own-process.ts";
import { medianFigure } from "./statistics.ts";

interface Measured {
  /** Milliseconds that each call waited, by what it does. */
  readonly waits: Readonly<Record<string, readonly number[]>>;
}

/** What a call may wait for the ledger at most. */
const AT_MOST_MS = 2;
const SIZES = [
  { name: "1 KB", bytes: 1000, count: 300 },
  { name: "100 KB", bytes: 100_000, count: 200 },
  { name: "1 MB", bytes: 1_000_000, count: 60 },
];

export const ledger: Benchmark = {
  name: "ledger",
  about: "what a call of a tool waits for the ledger of files that sessions share, with a file of that size",
  async run({ rounds = 1 }) {
    const figures: OwnFigure[] = [];
    for (const { name, bytes, count } of SIZES) {
      const all = new Map<string, number[]>();
      for (let round = 0; round < rounds; round++) {
        const { waits } = await inOwnProcess<Measured>("ledger.ts", String(bytes), String(count));
        for (const [what, values] of Object.entries(waits)) all.set(what, [...(all.get(what) ?? []), ...values]);
      }
      for (const [what, values] of all) figures.push(medianFigure(`${what}, ${name}`, values, "ms", AT_MOST_MS));
    }
    return figures;
  },
};
