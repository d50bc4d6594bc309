import { endChild } from "../../processes/end-child.ts";
import type { Clock } from "../../lib/clock.ts";

/** How long the agent's own process may take to go after SIGKILL, where the process table does not tell. */
const EXIT_LIMIT_MS = 2000;

/** Ends a child where the process table cannot be read. Returns whether it has gone. */
export async function endUnseen(child: Bun.Subprocess | undefined, clock: Clock): Promise<boolean> {
  if (child === undefined) return true;
  endChild(child);
  const late = Promise.withResolvers<boolean>();
  const limit = clock.after(EXIT_LIMIT_MS, () => late.resolve(false));
  const hasGone = await Promise.race([child.exited.then(() => true), late.promise]);
  limit.clear();
  return hasGone;
}
