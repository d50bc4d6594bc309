import { systemClock } from "../system-clock.ts";
import { FolderStates } from "./folder-state.ts";
import { Workspace } from "./workspace.ts";

const MEGABYTE = 1_000_000;

/** What of the options, and of the paths of the state, says how the folders of agents are kept. */
export interface WorkspaceSettings {
  readonly isolationUntrackedMb: number;
  readonly worktreeSetup: string | null;
  readonly worktreeSetupTimeoutMs: number;
  readonly worktreeDir: string;
}

/** The folders that agents have of their own on this machine. */
export function openWorkspace(settings: WorkspaceSettings): Workspace {
  const { isolationUntrackedMb, worktreeDir, worktreeSetup: command, worktreeSetupTimeoutMs: limitMs } = settings;
  return new Workspace({
    states: new FolderStates(worktreeDir),
    clock: systemClock,
    untrackedBytes: isolationUntrackedMb * MEGABYTE,
    setUp: command === null ? undefined : { command, limitMs },
  });
}
