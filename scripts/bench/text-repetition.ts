import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { inOwnProcess } from "./own-process.ts";
import { medianFigure } from "./statistics.ts";

const ROUNDS = 200;
const AT_MOST_MS = 5;
const KINDS = { prose: "prose", endless: "words without an end of a sentence" };

export const textRepetition: Benchmark = {
  name: "text-repetition",
  about: "what the loop guard adds to a thousand deltas of one token each, in a fresh process",
  async run({ rounds = ROUNDS }) {
    const figures: OwnFigure[] = [];
    for (const [kind, what] of Object.entries(KINDS)) {
      const { costs } = await inOwnProcess<{ costs: number[] }>("text-repetition.ts", kind, String(rounds));
      figures.push(medianFigure(`1 000 deltas, ${what}`, costs, "ms", AT_MOST_MS));
    }
    return figures;
  },
};
