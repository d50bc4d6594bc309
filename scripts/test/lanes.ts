import { cpus } from "node:os";
import { availableMemoryMb } from "../../src/processes/available-memory.ts";

export interface Lanes {
  /** So many run at a time, whatever the machine does. */
  readonly atOnce: number;
  /** So many at most where processors are idle: many a file waits for seconds until a limit has passed. */
  readonly whileIdle: number;
  /** Whether beside this one no more than `atOnce` run. */
  readonly needsQuiet: (name: string) => boolean;
}

const LOOK_MS = 2000;
/** Of all processors together: of two, one must have had next to nothing to do. */
const IDLE_SHARE = 0.45;
/** What one more file may ask for. */
const FREE_MEMORY_MB = 3000;

/** Runs the steps, in order, several at a time. */
export async function inLanes(
  names: readonly string[],
  { atOnce, whileIdle, needsQuiet }: Lanes,
  run: (name: string) => Promise<void>,
): Promise<void> {
  const waiting = [...names];
  const running = new Map<string, Promise<void>>();
  const begin = () => {
    const name = waiting.shift();
    if (name !== undefined) running.set(name, end(name));
  };
  const end = async (name: string) => {
    await run(name);
    running.delete(name);
  };
  while (waiting.length > 0 || running.size > 0) {
    while (waiting.length > 0 && running.size < atOnce) begin();
    const before = times();
    const looked = Bun.sleep(LOOK_MS).then(() => "looked");
    const first = await Promise.race([...running.values(), looked]);
    const mayBeMore = running.size < whileIdle && ![...running.keys(), ...waiting.slice(0, 1)].some(needsQuiet);
    if (first !== "looked" || !mayBeMore || availableMemoryMb() < FREE_MEMORY_MB) continue;
    if (idleShare(before, times()) > IDLE_SHARE) begin();
  }
}

interface Times {
  readonly idle: number;
  readonly all: number;
}

/** What the processors have done since the machine started, in milliseconds. */
function times(): Times {
  const each = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    all: user + nice + sys + idle + irq,
  }));
  return each.reduce((sum, one) => ({ idle: sum.idle + one.idle, all: sum.all + one.all }), { idle: 0, all: 0 });
}

function idleShare(before: Times, after: Times): number {
  return (after.idle - before.idle) / Math.max(1, after.all - before.all);
}
