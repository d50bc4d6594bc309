import { join } from "node:path";

/** Runs one of the programs beside this file in a fresh Bun, so that nothing else is in its memory or its caches. */
export async function inOwnProcess<T>(program: string, ...args: readonly string[]): Promise<T> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "programs", program), ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await child.stdout.text();
  if ((await child.exited) !== 0) throw new Error(`${program} ended with ${child.exitCode}.`);
  return JSON.parse(output) as T;
}
