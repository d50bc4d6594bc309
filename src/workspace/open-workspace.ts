import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { isText, orNull, shape } from "../lib/shape.ts";
import { systemClock } from "../lib/system-clock.ts";
import { FolderStates } from "./folder-state.ts";
import { Workspace } from "./workspace.ts";

const MEGABYTE = 1_000_000;

/** What of the options, and of the paths of the state, says how the folders of agents are kept. */
export interface WorkspaceSettings {
  readonly isolationUntrackedMb: number;
  readonly worktreeSetup: string | null;
  readonly worktreeSetupTimeoutMs: number;
  readonly worktreeDir: string;
  /** Where the records of agents are. */
  readonly recordDir: string;
  /** What an agent had done in its folder is in the caller's now. */
  readonly changesApplied?: (instanceId: string) => void;
}

/** The folders that agents have of their own on this machine. */
export function openWorkspace(settings: WorkspaceSettings): Workspace {
  const {
    isolationUntrackedMb,
    worktreeDir,
    recordDir,
    worktreeSetup: command,
    worktreeSetupTimeoutMs: limitMs,
  } = settings;
  const parts = {
    states: new FolderStates(worktreeDir),
    clock: systemClock,
    isAtWork: async (instanceId: string) => await isAtWork(join(recordDir, `${instanceId}.json`)),
    untrackedBytes: isolationUntrackedMb * MEGABYTE,
    setUp: command === null ? undefined : { command, limitMs },
  };
  return new Workspace(parts, settings.changesApplied);
}

const hasEnd = shape({ endedAt: orNull(isText) });

/** Its record says so before a turn begins. */
async function isAtWork(recordPath: string): Promise<boolean> {
  try {
    const record: unknown = JSON.parse(await readFile(recordPath, "utf8"));
    return hasEnd(record) && record.endedAt === null;
  } catch (error) {
    // Without a record there is nobody to work.
    if (isMissing(error) || error instanceof SyntaxError) return false;
    throw error;
  }
}
