import { CloneServer } from "../scripted-host/clone-server.ts";
import { startCluster, whyNoSlurm } from "../scripted-host/slurm.ts";
import type { ToolCall } from "../scripted-host/scripted-model.ts";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { inTurns } from "./in-turns.ts";
import { medianFigure, ratioFigure } from "./statistics.ts";
import { oneAgent } from "./warm-agent.ts";
import { CALLS, startHost } from "./warm-hosts.ts";
import { delegated, recordsEnd } from "./warm-many.ts";

const ROUNDS = 5;
const MANY_ROUNDS = 2;
const MANY = 20;
const SERVERS = ["east", "west"] as const;
const WRITE: readonly ToolCall[] = [
  { tool: "bash", args: { command: "date > written.txt", description: "Writes a file" } },
];

function inOwnFolder(prompt: string): ToolCall {
  const { tool, args } = CALLS.warm(prompt);
  return { tool, args: { ...(args as object), isolation: "worktree" } };
}

export const launchers: Benchmark = {
  name: "launchers",
  about: "what a launcher adds to one agent, from the tool's call to its first request: env, and srun where Slurm is",
  async run({ rounds = ROUNDS }) {
    const why = whyNoSlurm();
    if (why !== undefined) process.stderr.write(`srun is left out: ${why}\n`);
    const cluster = why === undefined ? await startCluster() : undefined;
    const srun = { command: ["srun", "-n1", "-c1", "--quit-on-interrupt", "--job-name={instanceId}"] };
    const names = ["env", ...(cluster === undefined ? [] : ["srun"])];
    const host = await startHost("plugin", {
      options: { launchers: { env: { command: ["env"] }, ...(cluster !== undefined && { srun }) } },
      environment: cluster?.environment ?? {},
    });
    try {
      const measures = { process: CALLS.process, ...Object.fromEntries(names.map((name) => [name, CALLS.on(name)])) };
      const times = await inTurns(
        rounds,
        Object.fromEntries(
          Object.entries(measures).map(([name, call]) => [name, async () => (await oneAgent(host, call)).startMs]),
        ),
      );
      const of = (name: string) => times[name] ?? [];
      return [
        ...names.flatMap((name): OwnFigure[] => [
          ratioFigure(`call to first request, ${name} / process`, of(name), of("process")),
          medianFigure(`call to first request, ${name}`, of(name), "ms"),
        ]),
        medianFigure("call to first request, process", of("process"), "ms"),
      ];
    } finally {
      await host.stop();
      await cluster?.stop();
    }
  },
};

export const pool: Benchmark = {
  name: "pool",
  about: `${MANY} agents that write a file each, over two servers of a pool, against one warm server`,
  async run({ rounds = MANY_ROUNDS }) {
    const members = await Promise.all(SERVERS.map(async () => await CloneServer.reserve()));
    const servers = members.map(({ url, clone: directory }, index) => ({
      ...{ name: SERVERS[index], url, directory, slots: MANY / SERVERS.length },
    }));
    const host = await startHost("plugin", {
      options: { servers },
      async prepare(sandbox, modelUrl) {
        for (const member of members) await member.start(sandbox, modelUrl);
      },
    });
    try {
      const many = (call: (prompt: string, index: number) => ToolCall) => async () =>
        (await delegated(host, { agents: MANY, call, work: WRITE }, recordsEnd)).wallMs;
      const took = await inTurns(rounds, {
        pool: many((prompt, index) => CALLS.on(SERVERS[index % SERVERS.length] ?? "")(prompt)),
        own: many(inOwnFolder),
        warm: many(CALLS.warm),
      });
      return [
        // The same work, its files brought back from a folder of the agent's own.
        ratioFigure(`${MANY}: time, two servers / one warm server, own folders`, took.pool, took.own),
        ratioFigure(`${MANY}: time, two servers / one warm server, shared folder`, took.pool, took.warm),
        medianFigure(`${MANY}: time, two servers`, took.pool, "ms"),
        medianFigure(`${MANY}: time, one warm server, own folders`, took.own, "ms"),
        medianFigure(`${MANY}: time, one warm server, shared folder`, took.warm, "ms"),
      ];
    } finally {
      await host.stop();
      await Promise.all(members.map(async (member) => await member.stop()));
    }
  },
};
