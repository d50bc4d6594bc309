import { endTreeNow } from "../processes/end-tree.ts";

const ABORT_LIMIT_MS = 1500;
/** How often it looks again, and after which pause, where the process table cannot be read. */
const BLIND_LOOKS = 10;
const BLIND_PAUSE_MS = 100;

/**
 * Ends this process and everything that carries its marker, because nobody is left who could collect a result. The turn
 * is aborted first, so that its session says so and can be continued; what is left after that is ended by force.
 *
 * @param abort stops the turn of each session; may hang or reject
 */
export async function endSelf(role: { readonly instanceId: string }, abort: () => Promise<unknown>): Promise<never> {
  const limit = new Promise((resolve) => setTimeout(resolve, ABORT_LIMIT_MS));
  // opencode leaves the process by itself once its turn is aborted: what the agent started goes first.
  endTreeNow({ marker: role.instanceId });
  await Promise.race([abort().catch(() => undefined), limit]);
  for (let look = 0; endTreeNow({ marker: role.instanceId }).unseen !== undefined && look < BLIND_LOOKS; look++) {
    await Bun.sleep(BLIND_PAUSE_MS);
  }
  process.kill(process.pid, "SIGKILL");
  // The first process of a pid namespace is not killed from within.
  return process.exit(1);
}
