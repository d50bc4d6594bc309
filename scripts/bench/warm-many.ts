import { recordEnd } from "./agent-rounds.ts";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { inTurns } from "./in-turns.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";
import { KNOWS_MEMORY, treeMemory, type TreeMemory } from "./tree-memory.ts";
import { CALLS, startHost, type BenchHost } from "./warm-hosts.ts";
import type { Round, RoundSettings } from "./warm-round.ts";
import type { ToolCall } from "../scripted-host/scripted-model.ts";

const ROUNDS = 3;
const FEW = 4;
const MANY = 20;
const POLL_MS = 100;
/** What an agent calls that does more than answer. */
const WORK: readonly ToolCall[] = [
  { tool: "read", args: { filePath: "opencode.json" } },
  { tool: "bash", args: { command: "ls", description: "Lists the files" } },
];

/** What so many agents at once took. */
interface Taken {
  /** From the first call to the last agent's end. */
  readonly wallMs: number;
  /** While all of them wait for the model. */
  readonly memory: TreeMemory;
}

/** When the last of the agents ended, since the epoch; told by what the tools answered that started them. */
type LastEnd = (host: BenchHost, answers: readonly string[]) => Promise<number>;

export const warmMany: Benchmark = {
  name: "warm-many",
  about: `${FEW} and ${MANY} agents at once, all of them asking the model at the same time: wall time, and PSS from /proc`,
  async run({ rounds = ROUNDS }) {
    const plugin = await startHost("plugin");
    const native = await startHost("native");
    const bare = await startHost("bare");
    try {
      const spawned =
        (count: number, backend: "warm" | "process", work: readonly ToolCall[] = []) =>
        () =>
          delegated(plugin, { agents: count, call: CALLS[backend], work }, recordsEnd);
      const few = await inTurns(rounds, {
        warm: spawned(FEW, "warm"),
        native: () => delegated(native, { agents: FEW, call: CALLS.native }, sessionsEnd),
        bare: () => direct(bare, { agents: FEW }),
        process: spawned(FEW, "process"),
      });
      const many = await inTurns(rounds, {
        warm: spawned(MANY, "warm"),
        native: () => delegated(native, { agents: MANY, call: CALLS.native }, sessionsEnd),
        bare: () => direct(bare, { agents: MANY }),
      });
      const working = await inTurns(rounds, {
        warm: spawned(MANY, "warm", WORK),
        native: () => delegated(native, { agents: MANY, call: CALLS.native, work: WORK }, sessionsEnd),
        bare: () => direct(bare, { agents: MANY, work: WORK }),
      });
      return [
        ...[...times(`${FEW}`, few), ...memories(FEW, few)],
        ...[...times(`${MANY}`, many, 1.3), ...memories(MANY, many, 1.5)],
        ...times(`${MANY}, ${WORK.length} tools each`, working, 1.3),
      ];
    } finally {
      await plugin.stop();
      await native.stop();
      await bare.stop();
    }
  },
};

type Variants = Readonly<Record<string, readonly Taken[]>> &
  Readonly<Record<"warm" | "native" | "bare", readonly Taken[]>>;

function times(who: string, taken: Variants, goal?: number): OwnFigure[] {
  const { warm, native, bare } = taken;
  return [
    ratioFigure(`${who}: time, warm / bare server`, warm.map(wallOf), bare.map(wallOf), goal),
    // What a parent's turn with so many calls costs, whoever runs the agents.
    ratioFigure(`${who}: time, native / bare server`, native.map(wallOf), bare.map(wallOf)),
    ...Object.entries(taken).map(([name, each]) => medianFigure(`${who}: time, ${name}`, each.map(wallOf), "ms")),
  ];
}

function memories(count: number, taken: Variants, goal?: number): OwnFigure[] {
  if (!KNOWS_MEMORY) return [];
  const warmServer = taken.warm.map(({ memory }) => memory.below);
  const bareServer = taken.bare.map(({ memory }) => memory.own);
  return [
    ratioFigure(`${count}: memory, warm server / bare server`, warmServer, bareServer, goal),
    medianFigure(`${count}: memory, warm server and its tools`, warmServer, "MiB"),
    ...Object.entries(taken).map(([name, each]) =>
      medianFigure(`${count}: memory, ${name}, host and all below`, each.map(wholeOf), "MiB"),
    ),
  ];
}

function wallOf({ wallMs }: Taken): number {
  return wallMs;
}

function wholeOf({ memory }: Taken): number {
  return memory.own + memory.below;
}

/** Agents that a parent has asked for, all in one message. */
export async function delegated(
  host: BenchHost,
  settings: Omit<RoundSettings, "parentWaits">,
  lastEnd: LastEnd,
): Promise<Taken> {
  const round = host.round({ ...settings, parentWaits: true });
  const delegating = host.delegate(round);
  const { memory, tookMs } = await atRest(host, round);
  const endedAt = await lastEnd(host, await round.answered());
  round.finish();
  const { calledAt } = await delegating;
  await host.whenIdle();
  return { wallMs: endedAt - calledAt - tookMs, memory };
}

/** The same agents as sessions of a server, by its own API. */
async function direct(host: BenchHost, settings: Pick<RoundSettings, "agents" | "work">): Promise<Taken> {
  const round = host.round({ ...settings, call: CALLS.native, parentWaits: false });
  const startedAt = Date.now();
  const asking = Promise.all(round.agentPrompts.map((prompt) => host.prompt(prompt)));
  const { memory, tookMs } = await atRest(host, round);
  await asking;
  const wallMs = Date.now() - startedAt - tookMs;
  await host.whenIdle();
  return { wallMs, memory };
}

/** Looks at the memory while all agents wait for the model, and lets them go on. Returns how long it kept them. */
async function atRest(host: BenchHost, round: Round): Promise<{ memory: TreeMemory; tookMs: number }> {
  await round.allAsked();
  const from = Date.now();
  const memory = KNOWS_MEMORY ? treeMemory(host.pid) : { own: 0, below: 0 };
  return { memory, tookMs: round.release() - from };
}

export const recordsEnd: LastEnd = async ({ sandbox: { stateDir } }, answers) => {
  const ids = answers.map((text) => (JSON.parse(text) as { instanceId: string }).instanceId);
  return Math.max(...(await Promise.all(ids.map((id) => recordEnd(stateDir, id)))));
};

const sessionsEnd: LastEnd = async ({ client }, answers) => {
  const ends = answers.map(async (text) => {
    const [id = ""] = /ses_\w+/.exec(text) ?? [];
    for (;;) {
      const { data: messages = [] } = await client.session.messages({ path: { id } });
      const last = messages.at(-1)?.info;
      if (last?.role === "assistant" && last.time.completed !== undefined) return last.time.completed;
      await Bun.sleep(POLL_MS);
    }
  });
  return Math.max(...(await Promise.all(ends)));
};
