import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { aboutFile } from "../files/about-file.ts";
import { SESSION_ID } from "./guard-file-store.ts";
import { rotateFiles } from "./rotate-files.ts";

/** One finished tool call of a guarded session: never its arguments or its content. */
export interface ToolLogLine {
  readonly sessionId: string;
  readonly agent: string;
  readonly tool: string;
  readonly fingerprint: string;
  readonly outcome: "ok" | "error";
  readonly durationMs: number;
}

/** More lines than this waiting for a disk and the oldest are given up. */
const MOST_WAITING = 10_000;
const FINGERPRINT_DIGITS = 12;

/**
 * `logs/<sessionId>.log`: one line for each tool call of a session. It never waits and never throws, since it stands on
 * the path of every tool call.
 */
export class ToolLog {
  readonly #waiting = new Map<string, string[]>();
  #flushing: Promise<void> | null = null;
  #reported = false;

  constructor(
    private readonly folder: string,
    private readonly rotationBytes: number,
    /** Told once when a log cannot be written. */
    private readonly report: (message: string) => void,
  ) {}

  write(line: ToolLogLine): void {
    if (!SESSION_ID.test(line.sessionId)) return;
    const lines = this.#waiting.get(line.sessionId) ?? [];
    lines.push(format(line));
    if (lines.length > MOST_WAITING) lines.shift();
    this.#waiting.set(line.sessionId, lines);
    this.#flushing ??= this.#flush();
  }

  /** Settles when every line is in its file, or given up. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
  }

  async #flush(): Promise<void> {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      try {
        const path = join(this.folder, `${next.sessionId}.log`);
        await aboutFile(path, async () => await this.#append(path, next.lines.join("")));
      } catch (error) {
        if (!this.#reported) this.report(`The tool log of a session cannot be written: ${describeError(error)}`);
        this.#reported = true;
      }
    }
    // Here and not later: a line that comes now starts the next flush.
    this.#flushing = null;
  }

  #take(): { sessionId: string; lines: string[] } | undefined {
    const [entry] = this.#waiting;
    if (entry === undefined) return undefined;
    const [sessionId, lines] = entry;
    this.#waiting.delete(sessionId);
    return { sessionId, lines };
  }

  async #append(path: string, text: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const { O_CREAT, O_APPEND, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const handle = await open(path, O_CREAT | O_APPEND | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      await handle.appendFile(text);
      if ((await handle.stat()).size < this.rotationBytes) return;
    } finally {
      await handle.close();
    }
    await rotateFiles(path);
  }
}

function format({ sessionId, agent, tool, fingerprint, outcome, durationMs }: ToolLogLine): string {
  const print = fingerprint.slice(0, FINGERPRINT_DIGITS);
  const names = `session=${sessionId} agent=${plain(agent)} tool=${plain(tool)}`;
  return `${new Date().toISOString()} ${names} fingerprint=${print} outcome=${outcome} duration=${Math.round(durationMs)}\n`;
}

/** A name as one word: it may come from a model. */
function plain(name: string): string {
  return name.replaceAll(/[^\w.:@/-]/g, "?").slice(0, 64);
}
