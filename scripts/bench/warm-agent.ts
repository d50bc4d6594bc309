import type { Benchmark } from "./benchmark.ts";
import { inTurns } from "./in-turns.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";
import { CALLS, startHost, type BenchHost } from "./warm-hosts.ts";

const ROUNDS = 5;
/** So long nothing happens before the agent ends, so that its parent has come to rest. */
const REST_MS = 300;

/** The times of one agent, in milliseconds. */
interface AgentTimes {
  /** From the tool's call to the agent's first request to the model. */
  readonly startMs: number;
  /** From the model's last word to the agent until the request of its parent, which has been told. */
  readonly wakeMs: number;
}

export const warmAgent: Benchmark = {
  name: "warm-agent",
  about: "one agent from the tool's call to its first request, and from its end to its parent's next request",
  async run({ rounds = ROUNDS }) {
    const plugin = await startHost("plugin");
    const wholeList = await startHost("wholeList");
    const native = await startHost("native");
    const bare = await startHost("bare");
    try {
      const times = await inTurns(rounds, {
        warm: () => oneAgent(plugin, CALLS.warm),
        native: () => oneAgent(native, CALLS.native),
        process: () => oneAgent(plugin, CALLS.process),
        bare: () => oneSession(bare),
        first: () => firstAgent(plugin),
        firstWithWholeList: () => firstAgent(wholeList),
      });
      const starts = (name: keyof typeof times) => times[name].map(({ startMs }) => startMs);
      const wakes = (name: keyof typeof times) => times[name].map(({ wakeMs }) => wakeMs);
      return [
        ratioFigure("call to first request, warm / native", starts("warm"), starts("native"), 1),
        medianFigure("call to first request, warm", starts("warm"), "ms"),
        ratioFigure(
          "call to first request, server not up yet, with its short list of models / the whole",
          ...([starts("first"), starts("firstWithWholeList"), 0.75] as const),
        ),
        medianFigure("call to first request, server not up yet", starts("first"), "ms"),
        medianFigure(
          "call to first request, server not up yet, whole list of models",
          starts("firstWithWholeList"),
          "ms",
        ),
        medianFigure("call to first request, native", starts("native"), "ms"),
        medianFigure("call to first request, process", starts("process"), "ms"),
        // What any second process takes: a session and a prompt by the API of one that does nothing else.
        medianFigure("call to first request, bare server by its API", starts("bare"), "ms"),
        ratioFigure("end to parent's request, warm / native", wakes("warm"), wakes("native"), 1.5),
        medianFigure("end to parent's request, warm", wakes("warm"), "ms"),
        medianFigure("end to parent's request, native", wakes("native"), "ms"),
        medianFigure("end to parent's request, process", wakes("process"), "ms"),
      ];
    } finally {
      await plugin.stop();
      await wholeList.stop();
      await native.stop();
      await bare.stop();
    }
  },
};

/** One agent that its parent goes on without. */
export async function oneAgent(host: BenchHost, call: (typeof CALLS)["warm"]): Promise<AgentTimes> {
  const round = host.round({ agents: 1, call, parentWaits: false });
  const { calledAt } = await host.delegate(round);
  const [askedAt = Number.NaN] = await round.allAsked();
  await Bun.sleep(REST_MS);
  const releasedAt = round.release();
  const wokenAt = await round.woken();
  await host.whenIdle();
  return { startMs: askedAt - calledAt, wakeMs: wokenAt - releasedAt };
}

/** A disposed plugin takes its server with it: the next agent needs a new one. */
async function firstAgent(host: BenchHost): Promise<AgentTimes> {
  await host.client.instance.dispose();
  return await oneAgent(host, CALLS.warm);
}

/** The same agent as a session of a server that is asked from outside; nobody is woken. */
async function oneSession(host: BenchHost): Promise<AgentTimes> {
  const round = host.round({ agents: 1, call: CALLS.native, parentWaits: false });
  const [text = ""] = round.agentPrompts;
  const from = Date.now();
  const prompted = host.prompt(text);
  const [askedAt = Number.NaN] = await round.allAsked();
  round.release();
  await prompted;
  await host.whenIdle();
  return { startMs: askedAt - from, wakeMs: Number.NaN };
}
