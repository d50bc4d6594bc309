import type { Benchmark } from "./benchmark.ts";
import { inOwnProcess } from "./own-process.ts";
import { medianFigure } from "./statistics.ts";

const ROUNDS = 3;
const MAX_GROWTH_MIB = 64;

interface Flood {
  readonly megabytesPerSecond: number;
  readonly growthMiB: number;
}

export const logFlood: Benchmark = {
  name: "log-flood",
  about: "200 MB of events and stderr lines of one agent into its log",
  async run({ rounds = ROUNDS }) {
    const asItComes: Flood[] = [];
    const collected: Flood[] = [];
    for (let round = 0; round < rounds; round++) {
      asItComes.push(await inOwnProcess<Flood>("log-flood.ts"));
      collected.push(await inOwnProcess<Flood>("log-flood.ts", "--collect"));
    }
    const growth = (floods: readonly Flood[]) => floods.map(({ growthMiB }) => growthMiB);
    const speeds = asItComes.map(({ megabytesPerSecond }) => megabytesPerSecond);
    return [
      medianFigure("throughput", speeds, "MB/s"),
      medianFigure("memory growth, largest after gc", growth(collected), "MiB", MAX_GROWTH_MIB),
      medianFigure("memory growth, largest as it comes", growth(asItComes), "MiB"),
    ];
  },
};
