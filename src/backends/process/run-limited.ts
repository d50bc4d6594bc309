import { describeError } from "../../lib/describe-error.ts";
import type { Clock } from "../../lib/clock.ts";

interface LimitedRun {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** After so long it is ended, with all that it has started in its process group. */
  readonly limitMs: number;
  readonly clock: Clock;
}

/** What came of a command. */
interface LimitedEnd {
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
  /** `null`: it did not come to its end by itself. */
  readonly exitCode: number | null;
  /** How it has ended, in words behind its name. */
  readonly how: string;
}

/** What was printed before the end is read within that: something that it has left may hold the pipes. */
const REST_MS = 1000;
const MOST_BYTES = 1_048_576;

/** Runs a command to its end, or for as long as it may. Throws where it cannot be started. */
export async function runLimited(
  words: readonly string[],
  { environment, stdin, limitMs, clock }: LimitedRun,
): Promise<LimitedEnd> {
  const child = Bun.spawn([...words], {
    env: environment,
    stdin: stdin ?? "ignore",
    ...{ stdout: "pipe", stderr: "pipe", detached: true },
  });
  let isLate = false;
  const limit = clock.after(limitMs, () => {
    isLate = true;
    endGroup(child.pid);
  });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  await child.exited;
  limit.clear();
  const rest = Promise.withResolvers<void>();
  const timer = clock.after(REST_MS, () => rest.resolve());
  await Promise.race([Promise.all([out.over, err.over]), rest.promise]);
  timer.clear();
  const exitCode = isLate || child.signalCode !== null ? null : child.exitCode;
  const ended = exitCode === null ? `was ended by ${child.signalCode}` : `exited with code ${exitCode}`;
  const how = isLate ? `took longer than ${limitMs} ms` : ended;
  return { stdout: Buffer.concat(out.chunks), stderr: Buffer.concat(err.chunks).toString(), exitCode, how };
}

const LAST_LINES = 3;
const WORDS_CHARACTERS = 500;

/** Runs a command as {@link runLimited} does. Returns how it failed, with what it said last. */
export async function whyFailed(words: readonly string[], settings: LimitedRun): Promise<string | undefined> {
  try {
    const { stderr, exitCode, how } = await runLimited(words, settings);
    if (exitCode === 0) return undefined;
    const last = stderr.trim().split("\n").slice(-LAST_LINES).join(" | ").slice(0, WORDS_CHARACTERS);
    return `${how}. ${last}`.trim();
  } catch (error) {
    return `could not be started: ${describeError(error)}`;
  }
}

/** What is printed last: something may print without an end. */
function collect(stream: ReadableStream<Uint8Array>) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const read = async () => {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.length;
      while (bytes - (chunks[0]?.length ?? 0) > MOST_BYTES) bytes -= chunks.shift()?.length ?? 0;
    }
  };
  return { chunks, over: read() };
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
