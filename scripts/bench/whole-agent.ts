import { MANY, startAgentRounds } from "./agent-rounds.ts";
import type { Benchmark } from "./benchmark.ts";
import { sideBySide } from "./side-by-side.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";

const ROUNDS = 9;

export const wholeAgent: Benchmark = {
  name: "whole-agent",
  about: `one-step agents, one and ${MANY} at once, from the call of bizar_spawn_background, against bare runs`,
  async run({ rounds = ROUNDS }) {
    const agents = await startAgentRounds();
    try {
      const { measured, baseline } = await sideBySide(rounds, agents.throughPlugin, agents.bare);
      const many = await sideBySide(Math.ceil(rounds / 3), agents.manyThroughPlugin, agents.manyBare);
      const asked = { through: measured.map(({ askedMs }) => askedMs), bare: baseline.map(({ askedMs }) => askedMs) };
      const ended = { through: measured.map(({ endedMs }) => endedMs), bare: baseline.map(({ endedMs }) => endedMs) };
      return [
        ratioFigure("to its first request, through the plugin / bare", asked.through, asked.bare, 0.7),
        medianFigure("to its first request, through the plugin", asked.through, "ms"),
        medianFigure("to its first request, bare", asked.bare, "ms"),
        ratioFigure("to its end, through the plugin / bare", ended.through, ended.bare, 0.8),
        medianFigure("to its end, through the plugin", ended.through, "ms"),
        medianFigure("to its end, bare", ended.bare, "ms"),
        ratioFigure(`${MANY} at once, through the plugin / bare`, many.measured, many.baseline, 0.75),
        medianFigure(`${MANY} at once, through the plugin`, many.measured, "ms"),
        medianFigure(`${MANY} at once, bare`, many.baseline, "ms"),
      ];
    } finally {
      await agents.dispose();
    }
  },
};
