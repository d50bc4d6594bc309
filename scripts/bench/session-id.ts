import { startAgentRounds } from "./agent-rounds.ts";
import type { Benchmark } from "./benchmark.ts";
import { sideBySide } from "./side-by-side.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 9;

export const sessionId: Benchmark = {
  name: "session-id",
  about: "from the call of bizar_spawn_background to its answer, against a bare run printing its session id",
  async run({ rounds = ROUNDS }) {
    const agents = await startAgentRounds();
    try {
      const { measured, baseline } = await sideBySide(rounds, agents.throughPlugin, agents.bare);
      const through = measured.map(({ sessionKnownMs }) => sessionKnownMs);
      const bare = baseline.map(({ sessionKnownMs }) => sessionKnownMs);
      return [
        ratioFigure("through the plugin / bare", through, bare, 1.1),
        medianFigure("through the plugin", through, "ms"),
        medianFigure("bare", bare, "ms"),
      ];
    } finally {
      await agents.dispose();
    }
  },
};
