type Child = Pick<Bun.Subprocess, "pid" | "exitCode" | "signalCode" | "kill">;

/**
 * Ends a child of this process, and the process group that it leads, where the process table cannot be read: its pid is
 * nobody else's until it has been collected.
 */
export function endChild(child: Child): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It leads no group.
  }
  child.kill("SIGKILL");
}
