import { failure, type Failure } from "./result.ts";

/** Where git runs, and what it takes for the repository, its working tree and its index; absent: what it finds there. */
export interface GitPlace {
  readonly cwd: string;
  readonly gitDir?: string | undefined;
  readonly index?: string | undefined;
}

export interface GitOptions {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface GitRun {
  /** 127: there is no git. */
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** A checkout of a huge repository, through a filter that fetches: longer than this none takes. */
const LIMIT_MS = 600_000;
const NOT_FOUND = 127;
const LAST_LINES = 6;

/** Of the variables that steer git, those that say where it is installed and configured. */
const KEPT =
  /^GIT_(?:EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$/;

/**
 * Whatever a repository is configured for, nothing of it runs or is written but what a command here is for: no hook, no
 * watcher, no repository that lies in it as plain files, no reflog, no maintenance.
 */
const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "safe.bareRepository=explicit",
  "core.splitIndex=false",
  "core.logAllRefUpdates=false",
  // `true` refuses a file whose line ends would not come back as they were.
  "core.safecrlf=false",
  "submodule.recurse=false",
  "gc.auto=0",
  "maintenance.auto=false",
].flatMap((setting) => ["-c", setting]);

/** Commits that nobody sees need no name of the user's, who may have set none. */
export const OWN_NAME = {
  GIT_AUTHOR_NAME: "Bizar",
  GIT_AUTHOR_EMAIL: "bizar@localhost",
  GIT_COMMITTER_NAME: "Bizar",
  GIT_COMMITTER_EMAIL: "bizar@localhost",
};

/** Runs git. Never rejects. */
export async function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<GitRun> {
  try {
    const child = Bun.spawn(["git", ...SETTINGS, ...args], {
      cwd: place.cwd,
      env: { ...cleanEnvironment(), ...placeVariables(place), ...options.environment },
      stdin: options.stdin === undefined ? "ignore" : asBytes(options.stdin),
      stdout: "pipe",
      stderr: "pipe",
      timeout: LIMIT_MS,
    });
    const [stdout, stderr] = await Promise.all([child.stdout.bytes(), child.stderr.text()]);
    const code = await child.exited;
    return { code: child.signalCode === null ? code : 128, stdout, stderr: stderr.trim() };
  } catch (error) {
    return {
      code: Bun.which("git", { PATH: process.env["PATH"] ?? "" }) === null ? NOT_FOUND : 128,
      stdout: new Uint8Array(),
      stderr: String(error),
    };
  }
}

/** What git has printed, as text without its last line break. */
export function textOf({ stdout }: GitRun): string {
  return new TextDecoder().decode(stdout).replace(/\n$/, "");
}

/** What git has printed as a list with `-z`. */
export function listOf({ stdout }: GitRun): string[] {
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

/** A failed command of git, in words. */
export function gitFailure(what: string, { code, stderr }: GitRun): Failure {
  if (code === NOT_FOUND) return noGit();
  const words = stderr.split("\n").slice(-LAST_LINES).join("\n").trim();
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) {
    return failure(
      "disk",
      `${what}: the disk is full. Free some space and try again; nothing was changed. git: ${words}`,
    );
  }
  return failure("git_failed", `${what}. git: ${words === "" ? `exit code ${code}, no word` : words}`);
}

export function noGit(): Failure {
  return failure(
    "no_git",
    "An own folder needs git, which is not installed here (or not in PATH). Install git 2.38 or newer.",
  );
}

function placeVariables({ cwd, gitDir, index }: GitPlace): Record<string, string> {
  return {
    LC_ALL: "C",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    ...(gitDir === undefined ? {} : { GIT_DIR: gitDir, GIT_WORK_TREE: cwd }),
    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
  };
}

/** opencode may have been started by a hook or an alias of git, which name another repository and index. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_") || KEPT.test(name)),
  );
}

function asBytes(input: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof input === "string" ? new TextEncoder().encode(input) : new Uint8Array(input);
}
