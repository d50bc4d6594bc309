import { describeError } from "../lib/describe-error.ts";
import { SET_UP_LINE_CHARACTERS, SET_UP_LINES, setUpWords } from "../text/set-up-words.ts";
import { failure, done, type Result } from "./result.ts";

/** A command that makes a fresh copy ready to work in. */
export interface SetUpCommand {
  /** For the shell. */
  readonly command: string;
  readonly limitMs: number;
}

export interface SetUpRun {
  readonly copy: string;
  /** What the environment has beside this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** A line that it has printed. */
  readonly line: (text: string) => void;
  /** Aborts when the agent is ended meanwhile. */
  readonly signal: AbortSignal;
}

/** What was printed before the end is read within that. */
const REST_MS = 1000;

/** Runs the command in the copy. It is over when it ends, or with all that it started when its time is up. */
export async function setUpCopy({ command, limitMs }: SetUpCommand, run: SetUpRun): Promise<Result<null>> {
  const last: string[] = [];
  const line = (text: string) => {
    last.push(text.slice(0, SET_UP_LINE_CHARACTERS));
    if (last.length > SET_UP_LINES) last.shift();
    run.line(text);
  };
  const limit = AbortSignal.timeout(limitMs);
  try {
    const child = Bun.spawn(["/bin/sh", "-c", command], {
      cwd: run.copy,
      env: { ...process.env, ...run.environment },
      ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe", detached: true },
    });
    const end = () => endGroup(child.pid);
    const signal = AbortSignal.any([limit, run.signal]);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const read = Promise.all([lines(child.stdout, line), lines(child.stderr, line)]);
    const code = await child.exited;
    // A process that it leaves running may hold the pipes open for ever.
    await Promise.race([read, Bun.sleep(REST_MS)]);
    signal.removeEventListener("abort", end);
    if (code === 0 && !signal.aborted) return done(null);
    const how = limit.aborted ? `took longer than ${limitMs} ms` : `ended with ${child.signalCode ?? `code ${code}`}`;
    return failure("setup_failed", setUpWords(command, how, last));
  } catch (error) {
    return failure("setup_failed", `worktreeSetup (${JSON.stringify(command)}) did not run: ${describeError(error)}`);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function lines(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    // Whoever shows its progress goes back to the start of the line.
    const parts = (rest + decoder.decode(chunk, { stream: true })).split(/[\r\n]+/);
    rest = parts.pop() ?? "";
    for (const part of parts) if (part !== "") take(part);
  }
  if (rest !== "") take(rest);
}
