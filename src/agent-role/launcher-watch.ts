import { writeSync } from "node:fs";
import { isCode } from "../lib/is-code.ts";
import { systemProcessTable } from "../processes/process-table.ts";
import { formatTreeReport } from "./tree-report.ts";

const STDERR = 2;
/** A pipe whose other end is gone tells so to who writes: within two of these a lost line is noticed. */
const BEAT_MS = 1000;

/** What a watch goes by. */
export interface LauncherSystem {
  readonly parentPid: () => number;
  /** The parent of another process; `undefined`: it is gone. Throws where that cannot be seen just now. */
  readonly parentOf: (pid: number) => number | undefined;
  /** Throws where nobody is left to read it. */
  readonly say: (line: string) => void;
}

const thisProcess: LauncherSystem = {
  parentPid: () => process.ppid,
  parentOf: (pid) => systemProcessTable().find(pid)?.parentPid,
  say: (line) => void writeSync(STDERR, line),
};

/**
 * Notices that nobody is left at the other end of the launcher: the pipe is broken, or the shell that the launcher has
 * started is gone or was given to another parent. `ssh` ends nothing there when it is ended itself.
 *
 * @returns a function that ends the watch
 */
export function watchLauncher(
  { shell, nonce }: { readonly shell: number; readonly nonce: string },
  checkEveryMs: number,
  onGone: () => void,
  system: LauncherSystem = thisProcess,
): () => void {
  const beat = `${formatTreeReport(nonce, { alive: true })}\n`;
  const [parent, above] = [system.parentPid(), seen(() => system.parentOf(shell))];
  let sinceBeat = 0;
  const timer = setInterval(() => {
    sinceBeat += checkEveryMs;
    const isBeat = sinceBeat >= BEAT_MS;
    if (isBeat) sinceBeat = 0;
    const isLost = system.parentPid() !== parent || hasMoved() || (isBeat && isBroken());
    if (!isLost) return;
    clearInterval(timer);
    onGone();
  }, checkEveryMs);
  // It must not keep a finished run alive.
  timer.unref();
  const hasMoved = () => {
    const now = seen(() => ({ above: system.parentOf(shell) }));
    return now !== undefined && now.above !== above;
  };
  const isBroken = () => {
    try {
      system.say(beat);
      return false;
    } catch (error) {
      // A pipe that is full is read by somebody.
      return !isCode(error, "EAGAIN", "EINTR");
    }
  };
  return () => clearInterval(timer);
}

/** Not seen is not gone. */
function seen<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
