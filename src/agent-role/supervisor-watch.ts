import type { AgentRole } from "./role.ts";

/**
 * Notices that the supervisor is gone: the kernel gives the child another parent then.
 *
 * @returns a function that ends the watch
 */
export function watchSupervisor(
  role: Pick<AgentRole, "supervisor">,
  checkEveryMs: number,
  onGone: () => void,
  parentPid = () => process.ppid,
): () => void {
  const timer = setInterval(() => {
    if (parentPid() === role.supervisor.pid) return;
    clearInterval(timer);
    onGone();
  }, checkEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
