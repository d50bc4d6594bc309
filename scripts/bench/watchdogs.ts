import { systemClock } from "../../src/lib/system-clock.ts";
import type { Benchmark } from "./benchmark.ts";
import { medianFigure } from "./statistics.ts";
import { agentAt, HEARD_FOR_MS, WATCHED_AGENTS, type WatchedAgent } from "./watched-agents.ts";

const ROUNDS = 15;
const AT_MOST_MS = 250;
const REPORTS_EVERY_MS = 50;
const NEVER_MS = 5000;

export const watchdogs: Benchmark = {
  name: "watchdogs",
  about: "from the limit of each watchdog to its reaction, by the machine's own clock, with short limits",
  async run({ rounds = ROUNDS }) {
    const reactions = new Map(WATCHED_AGENTS.map(({ name }) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      // All at the same time, as in an opencode with many agents.
      await Promise.all(WATCHED_AGENTS.map(async (agent) => reactions.get(agent.name)?.push(await reaction(agent))));
    }
    return [...reactions].map(([name, times]) => medianFigure(name, times, "ms", AT_MOST_MS));
  },
};

/** Milliseconds from the limit until the policy ends the run, or helps it out. */
async function reaction({ name, policy, progressAt, limitAt }: WatchedAgent): Promise<number> {
  const reacted = Promise.withResolvers<number>();
  const never = setTimeout(() => reacted.reject(new Error(`The watchdog for "${name}" is asleep.`)), NEVER_MS);
  const react = () => reacted.resolve(Date.now());
  const start = Date.now();
  const agent = agentAt(start);
  const watch = policy.watch(agent, systemClock, {
    end: react,
    intervene: react,
    notify() {},
    fallBack: () => false,
    tellParent() {},
  });
  const heardAt = async () => {
    for (let now = start; ; now = Date.now()) {
      watch.progressed?.({ ...agent.progress, lastActivityAt: now, ...progressAt(now, start) });
      if (now - start >= HEARD_FOR_MS) return now;
      await Bun.sleep(REPORTS_EVERY_MS);
    }
  };
  try {
    const [last, at] = await Promise.all([heardAt(), reacted.promise]);
    const late = at - limitAt(last, start);
    if (late < 0) throw new Error(`The watchdog for "${name}" barked ${-late} ms before the limit.`);
    return late;
  } finally {
    watch.dispose();
    clearTimeout(never);
  }
}
