import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

/** Every test file, by its path below the root. */
export async function listTestFiles(): Promise<string[]> {
  return (await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan({ cwd: ROOT }))).toSorted();
}

/** Whether a file starts the real opencode: those run after all others. */
export function startsOpencode(file: string): boolean {
  return /^tests\/(opencode|package)\//.test(file);
}
