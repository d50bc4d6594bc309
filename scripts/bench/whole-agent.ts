import { startAgentRounds } from "./agent-rounds.ts";
import type { Benchmark } from "./benchmark.ts";
import { sideBySide } from "./side-by-side.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 9;

export const wholeAgent: Benchmark = {
  name: "whole-agent",
  about: "a one-step agent from the call of bizar_spawn_background to its end, against a bare run to its exit",
  async run({ rounds = ROUNDS }) {
    const agents = await startAgentRounds();
    try {
      const { measured, baseline } = await sideBySide(rounds, agents.throughPlugin, agents.bare);
      const through = measured.map(({ endedMs }) => endedMs);
      const bare = baseline.map(({ endedMs }) => endedMs);
      return [
        ratioFigure("through the plugin / bare", through, bare, 1.05),
        medianFigure("through the plugin", through, "ms"),
        medianFigure("bare", bare, "ms"),
      ];
    } finally {
      await agents.dispose();
    }
  },
};
