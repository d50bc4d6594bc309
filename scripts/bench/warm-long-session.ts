import { join } from "node:path";
import type { Benchmark, OwnFigure } from "./benchmark.ts";
import { growthPer100, medianFigure, median } from "./statistics.ts";
import { KNOWS_MEMORY, treeMemory } from "./tree-memory.ts";
import { CALLS, startHost, type BenchHost } from "./warm-hosts.ts";

const ROUNDS = 1;
const TURNS = 200;
/** So many turns are asked for at once, and looked at together. */
const LOT = 20;
const LOOKED_AT = [20, 100, 200];
const POLL_MS = 25;
const LOT_LIMIT_MS = 90_000;

/** One session, in lots of turns. */
interface Session {
  readonly lots: Lot[];
}

interface Lot {
  /** The median of how long a turn took, from the end of the one before it, in milliseconds. */
  readonly turnMs: number;
  /** The server's memory after them, in MiB. */
  readonly memoryMiB: number;
}

export const warmLongSession: Benchmark = {
  name: "warm-long-session",
  about: `${TURNS} turns in one session: the time of a turn and the server's memory (PSS), beside a bare server`,
  async run({ rounds = ROUNDS }) {
    const sessions: { warm: Session; bare: Session }[] = [];
    for (let round = 0; round < rounds; round++) sessions.push(await bothSessions());
    const warm = sessions.map((session) => session.warm);
    const bare = sessions.map((session) => session.bare);
    return [...comparison(sessions), ...figures("warm", warm), ...figures("bare", bare)];
  },
};

/** Both sessions grow in turns, a lot each, on servers that have seen nothing else. */
async function bothSessions(): Promise<{ warm: Session; bare: Session }> {
  const plugin = await startHost("plugin");
  const bare = await startHost("bare");
  try {
    const growWarm = await warmSession(plugin);
    const growBare = await bareSession(bare);
    const result: { warm: Session; bare: Session } = { warm: { lots: [] }, bare: { lots: [] } };
    for (let turn = LOT; turn <= TURNS; turn += LOT) {
      const [warmMs, bareMs] = [median(await growWarm()), median(await growBare())];
      const warmMiB = KNOWS_MEMORY ? treeMemory(plugin.pid).below : Number.NaN;
      const bareMiB = KNOWS_MEMORY ? treeMemory(bare.pid).own : Number.NaN;
      result.warm.lots.push({ turnMs: warmMs, memoryMiB: warmMiB });
      result.bare.lots.push({ turnMs: bareMs, memoryMiB: bareMiB });
    }
    return result;
  } finally {
    await plugin.stop();
    await bare.stop();
  }
}

/** Follow-ups of one agent. Each lot is asked for by a parent of its own, whose session does not grow. */
async function warmSession(host: BenchHost): Promise<() => Promise<number[]>> {
  const first = host.round({ agents: 1, call: CALLS.warm, parentWaits: true });
  const spawning = host.delegate(first);
  await first.allAsked();
  first.release();
  const [answer = "{}"] = await first.answered();
  const { instanceId } = JSON.parse(answer) as { instanceId: string };
  await turnEnds(host, instanceId, 1);
  first.finish();
  await spawning;
  let turns = 1;
  return async () => {
    const call = (prompt: string) => ({ tool: "bizar_send_message", args: { instanceId, prompt } });
    const round = host.round({ agents: LOT, call, parentWaits: true });
    const sending = host.delegate(round);
    await round.answered();
    turns += LOT;
    const ends = (await turnEnds(host, instanceId, turns)).slice(-LOT);
    round.finish();
    await sending;
    await host.whenIdle();
    // No end comes right before the first one.
    return ends.slice(1).map((end, index) => end - (ends[index] ?? Number.NaN));
  };
}

/** When each turn of an agent ended, once so many have. */
async function turnEnds({ sandbox }: BenchHost, instanceId: string, turns: number): Promise<number[]> {
  const path = join(sandbox.stateDir, "bg", `${instanceId}.json`);
  const limit = performance.now() + LOT_LIMIT_MS;
  while (performance.now() < limit) {
    const record = (await Bun.file(path).json()) as { status: string; turns: { endedAt: string | null }[] };
    if (record.status === "failed") throw new Error(`The agent failed: ${JSON.stringify(record)}`);
    const ends = record.turns.flatMap(({ endedAt }) => (endedAt === null ? [] : Date.parse(endedAt)));
    if (ends.length >= turns) return ends;
    await Bun.sleep(POLL_MS);
  }
  throw new Error(`The agent had no ${turns} turns within ${LOT_LIMIT_MS / 1000} s.`);
}

async function bareSession(host: BenchHost): Promise<() => Promise<number[]>> {
  const sessionId = await host.prompt("Turn.");
  return async () => {
    const times: number[] = [];
    for (let turn = 0; turn < LOT; turn++) {
      const from = performance.now();
      await host.prompt("Turn.", sessionId);
      times.push(performance.now() - from);
    }
    return times;
  };
}

/** How much more the warm session grows than the one on the bare server: a load that comes and goes slows both. */
function comparison(sessions: readonly { readonly warm: Session; readonly bare: Session }[]): OwnFigure[] {
  const growth = (of: (session: Session, turn: number) => number) =>
    sessions.map(({ warm, bare }) => of(warm, TURNS) / of(bare, TURNS) / (of(warm, LOT) / of(bare, LOT)));
  const result = [medianFigure(`a turn's growth from ${LOT} to ${TURNS}, warm / bare`, growth(turnMs), "x", 1.2)];
  if (!KNOWS_MEMORY) return result;
  return [
    ...result,
    medianFigure(`the server's growth from ${LOT} to ${TURNS}, warm / bare`, growth(memory), "x", 1.1),
  ];
}

function figures(name: "warm" | "bare", sessions: readonly Session[]): OwnFigure[] {
  const all = (of: (session: Session) => number) => sessions.map((session) => of(session));
  const result = LOOKED_AT.map((turn) =>
    medianFigure(
      `a turn, up to turn ${turn}, ${name}`,
      all((session) => turnMs(session, turn)),
      "ms",
    ),
  );
  const slope = all(({ lots }) =>
    growthPer100(
      lots.map(({ turnMs }) => turnMs),
      LOT,
    ),
  );
  result.push(medianFigure(`a turn's growth in 100 turns, ${name}`, slope, "ms"));
  if (!KNOWS_MEMORY) return result;
  for (const turn of LOOKED_AT) {
    result.push(
      medianFigure(
        `server's memory at turn ${turn}, ${name}`,
        all((session) => memory(session, turn)),
        "MiB",
      ),
    );
  }
  const growth = all(({ lots }) =>
    growthPer100(
      lots.map(({ memoryMiB }) => memoryMiB),
      LOT,
    ),
  );
  result.push(medianFigure(`server's memory growth in 100 turns, ${name}`, growth, "MiB"));
  return result;
}

/** A turn of the lot that ends with this one. */
function turnMs({ lots }: Session, turn: number): number {
  return lots[turn / LOT - 1]?.turnMs ?? Number.NaN;
}

/** The server's memory after this turn. */
function memory({ lots }: Session, turn: number): number {
  return lots[turn / LOT - 1]?.memoryMiB ?? Number.NaN;
}
