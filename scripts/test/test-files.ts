import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

/** Every test file, by its path below the root. */
export async function listTestFiles(): Promise<string[]> {
  return (await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan({ cwd: ROOT }))).toSorted();
}

/** What is large takes long: begun first, it is not left to run on alone at the end. */
export function largestFirst(files: readonly string[]): string[] {
  const sizes = new Map(files.map((file) => [file, Bun.file(join(ROOT, file)).size]));
  return files.toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
}

/** Whether a file starts the real opencode: those run after all others, so that these are not starved. */
export function startsOpencode(file: string): boolean {
  return /^tests\/(opencode|package)\//.test(file);
}

/** Whether a file measures silence: beside more than one other it would hear that of a starved agent. */
export function takesTheMachine(file: string): boolean {
  return /^tests\/opencode\/contract\/(watchdogs|standstill)\./.test(file);
}

/** Whether a file drives other programs that want a processor for themselves: opencode, or a browser. */
export function starves(file: string): boolean {
  return startsOpencode(file) || /^tests\/canvas\/(browser\/|.*\.browser\.)/.test(file);
}
