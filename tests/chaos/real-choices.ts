import type { AgentTask, Life } from "../fixtures/chaos-agent.ts";
import type { HostTask } from "../fixtures/chaos-host.ts";
import { Random } from "./random.ts";

/** What happens in one run with real programs. When exactly, the machine decides: no run comes twice. */
export interface Choices {
  readonly agents: readonly AgentTask[];
  readonly cap: number;
  readonly onExit: "kill" | "finish";
  readonly kill: HostTask["kill"];
  /** One of the agents' processes is ended by a signal, before the host ends. */
  readonly strike: { readonly afterMs: number; readonly signal: NodeJS.Signals } | null;
  /** Another process asks the first host for the end of an agent, which is at it until that is done. */
  readonly ask: { readonly number: number; readonly afterMs: number } | null;
  /** Whether the first host is told what happens in the state folder; else it has to look by itself. */
  readonly hasEvents: boolean;
  /** Whether another host starts while the first one works: it has nothing to do there. */
  readonly beside: boolean;
  /** How the first host ends: by a signal, or as its user wants it. */
  readonly end: "SIGKILL" | "SIGTERM" | "close";
  /** Milliseconds after it was ready. */
  readonly endAfterMs: number;
  /** Whether it ends before that as soon as it has told of an end, and has not yet written that down. */
  readonly endsWhileTelling: boolean;
  /** Milliseconds until the next host starts. */
  readonly restartAfterMs: number;
  /** Where the next host is killed as well: so long after it was ready. */
  readonly nextEndsAfterMs: number | null;
  /** How many hosts start at last, at once. */
  readonly followers: 1 | 2;
  readonly putMs: number;
}

const LIVES: readonly Life[] = ["finishes", "finishes", "fails", "hangs", "stubborn", "deaf", "frozen"];
/** With `onExit: "finish"` an agent that hangs is left alone for ever. */
const ENDING_LIVES: readonly Life[] = ["finishes", "finishes", "fails"];
const LONGEST_LIFE_MS = 1500;
const LONGEST_MS = 2500;

export function choose(): Choices {
  const random = new Random(Math.floor(Math.random() * 2 ** 31));
  const endAfterMs = random.between(0, LONGEST_MS);
  const onExit = random.chance(0.8) ? "kill" : "finish";
  const agents = Array.from({ length: random.between(2, 4) }, (_, index) => ({
    number: index + 1,
    life: random.pick(onExit === "kill" ? LIVES : ENDING_LIVES) ?? "hangs",
    afterMs: random.between(0, LONGEST_LIFE_MS),
    leavesTool: random.chance(0.5),
    compacts: random.chance(0.4),
  }));
  return {
    agents,
    cap: random.between(1, 3),
    onExit,
    kill: random.chance(0.3) ? { number: random.between(1, agents.length), afterMs: random.between(0, 500) } : null,
    strike: random.chance(0.4)
      ? {
          afterMs: random.between(100, LONGEST_MS),
          signal: random.pick(["SIGKILL", "SIGTERM", "SIGSEGV"]) ?? "SIGKILL",
        }
      : null,
    ask: random.chance(0.3) ? { number: random.between(1, agents.length), afterMs: random.between(0, 1000) } : null,
    hasEvents: random.chance(0.5),
    beside: random.chance(0.3),
    end: random.weighted({ SIGKILL: 5, SIGTERM: 2, close: 3 }),
    endAfterMs,
    endsWhileTelling: random.chance(0.3),
    restartAfterMs: random.chance(0.5) ? 0 : random.between(0, 600),
    nextEndsAfterMs: random.chance(0.3) ? random.between(0, 500) : null,
    followers: random.chance(0.3) ? 2 : 1,
    putMs: random.between(0, 150),
  };
}
