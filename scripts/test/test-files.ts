import { join } from "node:path";
import { contractSteps, namesPlace, testStep } from "./contract-places.ts";

export const ROOT = join(import.meta.dir, "../..");

/** Every test file, by its path below the root, and the contract at each of its places. */
export async function listTestFiles(): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob("tests/**/*.test.ts").scan({ cwd: ROOT }));
  return [...files.toSorted(), ...contractSteps()];
}

/** The words that name what is no part of `test` without a word. */
export const GROUPS = {
  /** The contract on processes, and what takes opencode or a browser through the rarer things. */
  long: isLong,
  /** What needs an engine of agents elsewhere, which few machines have: Slurm, ssh, servers. */
  engines: isOfEngine,
};

/** What shows each half of the product at work: agents in the terminal, a plan on the page. All others like them are long. */
const QUICK = ["opencode/terminal-half", "browser/review-round", "browser/sanitising"];
/** What else takes long: many real programs, one after the other. */
const LONG = ["chaos/real-chaos", "contract/strays", "contract/shared-folder", "process/copied-files.process"];
const isAmong = (file: string, parts: readonly string[]) => parts.some((part) => file.endsWith(`/${part}.test.ts`));

/** The files whose sentences are tried in steps of their own. */
const IN_PLACES = new Set(contractSteps().map((step) => testStep(step).file));

function isLong(name: string): boolean {
  const { file, place } = testStep(name);
  if (place !== undefined) return place === "process";
  if (takesTheMachine(file) || isAmong(file, LONG)) return true;
  const isOfContract = file.startsWith("tests/opencode/contract/");
  const drives = (file.startsWith("tests/opencode/") && !isOfContract && !isOfEngine(name)) || drivesBrowser(file);
  return drives && !isAmong(file, QUICK);
}

function isOfEngine(name: string): boolean {
  const { file, place } = testStep(name);
  return place === "launcher" || place === "server" || file.startsWith("tests/opencode/elsewhere/");
}

/**
 * Whether a step is among those that were asked for: by a group's name, or by parts of their paths. Without any, all are
 * but those of the groups; of the contract its sentences once each, on the backend that costs least.
 */
export function isAskedFor(name: string, filters: readonly string[]): boolean {
  const { file, place } = testStep(name);
  if (filters.length === 0) {
    const isInPlaces = place === undefined && IN_PLACES.has(file);
    return !isInPlaces && !Object.values(GROUPS).some((isIn) => isIn(name));
  }
  const isMeant = (filter: string) => name.includes(filter) && (place === undefined || namesPlace(filter));
  return filters.some(
    (filter) => Object.entries(GROUPS).find(([group]) => group === filter)?.[1](name) ?? isMeant(filter),
  );
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
  return startsOpencode(file) || drivesBrowser(file);
}

function drivesBrowser(file: string): boolean {
  return /^tests\/canvas\/(browser\/|.*\.browser\.)/.test(file);
}
