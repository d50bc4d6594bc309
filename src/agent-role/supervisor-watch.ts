import type { AgentRole } from "./role.ts";

const CHECK_EVERY_MS = 500;

/**
 * Notices that the supervisor is gone: the kernel gives the child another parent then.
 *
 * @returns a function that ends the watch
 */
export function watchSupervisor(role: AgentRole, onGone: () => void, parentPid = () => process.ppid): () => void {
  const timer = setInterval(() => {
    if (parentPid() === role.supervisor.pid) return;
    clearInterval(timer);
    onGone();
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
