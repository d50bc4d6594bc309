import { join } from "node:path";
import { contractElsewhere, namesPlace, testStep } from "./contract-places.ts";

export const ROOT = join(import.meta.dir, "../..");

/** Every test file, by its path below the root, and the contract at each place elsewhere. */
export async function listTestFiles(): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan({ cwd: ROOT }));
  return [...files.toSorted(), ...contractElsewhere()];
}

/** The word that names the tests which need an engine of agents elsewhere: Slurm, ssh, servers. */
export const ENGINES = "engines";

/**
 * Whether a file is among those that were asked for by parts of their paths. Without any, all are but those that need
 * engines, which few machines have.
 */
export function isAskedFor(file: string, filters: readonly string[]): boolean {
  const isAtPlace = namesPlace(file);
  const isOfEngine = isAtPlace || file.startsWith("tests/opencode/elsewhere/");
  if (filters.length === 0) return !isOfEngine;
  const isMeant = (filter: string) => file.includes(filter) && (!isAtPlace || namesPlace(filter));
  return filters.some((filter) => (filter === ENGINES ? isOfEngine : isMeant(filter)));
}

/** As long as so many characters of a test. */
const START_COST = 2000;
/** A browser, or the opencode that the others are started in. */
const BESIDE_THEM = 10;

/** What starts a program: an opencode, an agent of it, a command line. */
const START = /\b(?:contract|createRig|serveRig|warmRig|serve|start\w*|run\w*|delegate|spawn|Bun\.spawn)\(/g;

/** What starts many programs takes long, and so does what is large: begun first, it is not left to run on alone. */
export async function longestFirst(files: readonly string[]): Promise<string[]> {
  const costs = new Map<string, number>();
  for (const file of files) {
    const text = await Bun.file(join(ROOT, testStep(file).file)).text();
    const starts = (text.match(START)?.length ?? 0) + (starves(file) ? BESIDE_THEM : 0);
    costs.set(file, text.length + START_COST * starts);
  }
  return files.toSorted((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0));
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
