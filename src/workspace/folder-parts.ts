import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { tryLock } from "../files/system-lock.ts";
import type { Clock } from "../lib/clock.ts";
import type { GitPlace } from "./git.ts";
import type { FolderState, FolderStates } from "./folder-state.ts";
import type { SetUpCommand } from "./set-up-copy.ts";
import { done, failure, type Failure, type Result } from "./result.ts";

/** What everything that is done with the folders of agents works with. */
export interface FolderParts {
  readonly states: FolderStates;
  readonly clock: Clock;
  /** So many bytes of untracked files are copied. */
  readonly untrackedBytes: number;
  /** Whether a turn of the agent has begun, by its record as it is now. */
  readonly isAtWork?: ((instanceId: string) => Promise<boolean>) | undefined;
  /** What makes a fresh copy ready to work in. */
  readonly setUp?: SetUpCommand | undefined;
}

const LONGEST_WAIT_MS = 120_000;
const PAUSE_MS = 20;

/** Does something with the working trees of a repository while no other process of this plugin does. */
export async function holding<T>(
  { states, clock }: Pick<FolderParts, "states" | "clock">,
  what: string,
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  await mkdir(states.folder, { recursive: true, mode: 0o700 });
  const name = createHash("sha256").update(what).digest("hex").slice(0, 16);
  const path = join(states.folder, `${name}.lock`);
  const end = clock.now() + LONGEST_WAIT_MS;
  for (let held = await tryLock(path); ; held = await tryLock(path)) {
    if (held === "busy") {
      if (clock.now() >= end)
        return failure("busy", "Another process works with this repository's folders. Try again.");
      await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve));
      continue;
    }
    try {
      return await run();
    } finally {
      held.release();
    }
  }
}

/**
 * Decides on what an agent has made, while nobody else does, and no turn of its own begins: one may have begun since it was
 * asked for.
 */
export async function deciding<T>(
  parts: FolderParts,
  instanceId: string,
  run: (state: FolderState) => Promise<Result<T>>,
): Promise<Result<T>> {
  const known = await parts.states.read(instanceId);
  if (known === undefined) return failure("no_folder", `The agent ${instanceId} has no folder of its own.`);
  return await holding(parts, known.commonDir, async () =>
    (await parts.isAtWork?.(instanceId)) === true
      ? atWork()
      : await run((await parts.states.read(instanceId)) ?? known),
  );
}

/** Nobody decides on what is not finished. */
export function atWork(): Failure {
  return failure("at_work", "The agent is at work in its folder. Collect or kill it first.");
}

/** Whether the copy of an agent is there, as it was made. */
export function hasCopy({ copy, copyGitDir }: FolderState): boolean {
  return copyGitDir !== null && existsSync(copy) && existsSync(copyGitDir);
}

/** Writes down what has changed in a state. */
export async function changed(
  { states }: Pick<FolderParts, "states">,
  state: FolderState,
  change: Partial<FolderState>,
): Promise<Result<FolderState>> {
  const next = { ...state, ...change };
  try {
    await states.write(next);
    return done(next);
  } catch (error) {
    return failure("disk", `What is known of the agent's folder could not be written: ${describeError(error)}`);
  }
}

/** This moment, in ISO 8601. */
export function isoNow({ clock }: Pick<FolderParts, "clock">): string {
  return new Date(clock.now()).toISOString();
}

/** How every working tree is taken down. */
export function snapshotSettings({ states, untrackedBytes }: FolderParts) {
  return { untrackedBytes, keptIn: states.folder };
}

/** The caller's working tree. */
export function originalOf({ original, gitDir }: FolderState): GitPlace & { readonly gitDir: string } {
  return { cwd: original, gitDir };
}

/** Where objects and refs are, whatever has become of the working trees. */
export function storeOf({ commonDir }: FolderState): GitPlace {
  return { cwd: commonDir, gitDir: commonDir };
}
