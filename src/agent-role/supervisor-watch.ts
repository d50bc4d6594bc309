import { isThat, systemProcessTable } from "../processes/process-table.ts";
import type { AgentRole } from "./role.ts";

/** What a watch goes by. */
export interface WatchSystem {
  readonly parentPid: () => number;
  /** Whether the supervisor runs. Throws where that cannot be seen just now. */
  readonly lives: (supervisor: AgentRole["supervisor"]) => boolean;
}

const thisProcess: WatchSystem = {
  parentPid: () => process.ppid,
  lives: (supervisor) => isThat(supervisor, systemProcessTable().find(supervisor.pid)),
};

/** Whether the supervisor runs, or may. */
export function isSupervised(
  { supervisor }: Pick<AgentRole, "supervisor">,
  { parentPid, lives }: WatchSystem = thisProcess,
): boolean {
  return parentPid() === supervisor.pid || seemsToLive(supervisor, lives);
}

/**
 * Notices that the supervisor is gone: the kernel gives its child another parent then. Below a wrapper it is looked up
 * each time: the wrapper may outlive it, and may be ended without it.
 *
 * @returns a function that ends the watch
 */
export function watchSupervisor(
  { supervisor }: Pick<AgentRole, "supervisor">,
  checkEveryMs: number,
  onGone: () => void,
  { parentPid, lives }: WatchSystem = thisProcess,
): () => void {
  const isDirect = parentPid() === supervisor.pid;
  const timer = setInterval(() => {
    if (isDirect ? parentPid() === supervisor.pid : seemsToLive(supervisor, lives)) return;
    clearInterval(timer);
    onGone();
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}

function seemsToLive(supervisor: AgentRole["supervisor"], lives: WatchSystem["lives"]): boolean {
  try {
    return lives(supervisor);
  } catch {
    // Not seen is not gone.
    return true;
  }
}
