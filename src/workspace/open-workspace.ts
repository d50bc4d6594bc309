import { systemClock } from "../system-clock.ts";
import { FolderStates } from "./folder-state.ts";
import { Workspace } from "./workspace.ts";

const MEGABYTE = 1_000_000;

/** What of the options, and of the paths of the state, says how the folders of agents are kept. */
export interface WorkspaceSettings {
  readonly isolationUntrackedMb: number;
  readonly worktreeDir: string;
}

/** The folders that agents have of their own on this machine. */
export function openWorkspace({ isolationUntrackedMb, worktreeDir }: WorkspaceSettings): Workspace {
  const states = new FolderStates(worktreeDir);
  return new Workspace({ states, clock: systemClock, untrackedBytes: isolationUntrackedMb * MEGABYTE });
}
