/** Waits for a line; where the other end is closed without one, it signals the process group and runs what is given. */
const SCRIPT = 'read -r _ || { kill "-$1" "-$2"; shift 2; "$@"; }';

/** What happens where the host is gone. */
export interface LastWill {
  readonly processGroup: number;
  readonly signal: "KILL" | "TERM";
  /** A command to run then, by its words. */
  readonly afterwards?: readonly string[] | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Signals a process group, and runs a command, should the host be gone. The kernel closes the pipe
 * of a host that dies, however it dies.
 *
 * @returns a function that lets the group live
 */
export function leaveWill({ processGroup, signal, afterwards = [], environment }: LastWill): () => void {
  const { stdin } = Bun.spawn(["/bin/sh", "-c", SCRIPT, "bizar", signal, String(processGroup), ...afterwards], {
    env: environment,
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    // Whatever ends the host from its terminal must not end this.
    detached: true,
  });
  let isHeld = true;
  return () => {
    if (!isHeld) return;
    isHeld = false;
    void letGo(stdin);
  };
}

async function letGo(stdin: Bun.FileSink): Promise<void> {
  try {
    await stdin.write("\n");
    await stdin.end();
  } catch {
    // It has gone with its group already.
  }
}
