import { MARKER_NAME } from "../../processes/end-tree.ts";

/** Waits for a line; where the other end is closed without one, it kills the process group. */
const SCRIPT = 'read -r _ || kill -KILL "-$1"';

/**
 * Ends the process group of a server that is not able to watch for its host yet, should the host be gone before it is.
 * The kernel closes the pipe of a host that dies, however it dies.
 *
 * @returns a function that lets the group live
 */
export function holdLifeline(processGroup: number, marker: string): () => void {
  const { stdin } = Bun.spawn(["/bin/sh", "-c", SCRIPT, "bizar", String(processGroup)], {
    env: { [MARKER_NAME]: marker },
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
    // It has gone with its server already.
  }
}
