import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { rotateFilesNow } from "./rotate-files.ts";

/** So much is written in one go at most. */
const BATCH_BYTES = 65_536;

interface LogLine {
  readonly text: string;
  readonly bytes: number;
}

/**
 * A log that people tail: whole lines, rotated by size into `.1` to `.3`. It never throws: what the disk does not take
 * is counted, and told in the log itself once the disk takes lines again.
 *
 * It writes synchronously on purpose. Bun 1.3.14 goes on reading a child's pipe while nobody takes its chunks, so a
 * flood that waits for an asynchronous write piles up in memory; a busy event loop is the only thing that slows the
 * child down.
 */
export class LogFile {
  #waiting: LogLine[] = [];
  #waitingBytes = 0;
  #flushIsDue = false;
  #lost = 0;
  #lastError = "";
  #file: { readonly descriptor: number; size: number } | null = null;

  constructor(
    private readonly path: string,
    private readonly rotationBytes: number,
    /** Told once when the log cannot be written. */
    private readonly report: (message: string) => void,
  ) {}

  /** Adds a line. It is in the file once the caller gives the event loop back, or earlier. */
  write(source: "stdout" | "stderr", line: string): void {
    const text = `[${source}] ${escapeControls(line)}\n`;
    const bytes = Buffer.byteLength(text);
    this.#waiting.push({ text, bytes });
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= BATCH_BYTES) {
      this.#flush();
    } else if (!this.#flushIsDue) {
      this.#flushIsDue = true;
      queueMicrotask(() => this.#flush());
    }
  }

  /** Every line is in the file, or lost, when this returns. */
  close(): void {
    this.#flush();
    this.#closeFile();
  }

  #flush(): void {
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#flushIsDue = false;
    let written = 0;
    try {
      this.#leaveMoved();
      if (this.#lost > 0) this.#tellLost();
      while (written < lines.length) written += this.#appendSome(lines, written);
    } catch (error) {
      this.#lose(lines.length - written, error);
    }
  }

  #tellLost(): void {
    const notice = `bizar: ${this.#lost} lines are missing here, the log could not be written: ${this.#lastError}`;
    this.#append(`[stderr] ${notice}\n`);
    this.#lost = 0;
  }

  /** Appends what fits before the next rotation; returns how many lines that were. */
  #appendSome(lines: readonly LogLine[], start: number): number {
    let { size } = this.#opened();
    let text = "";
    let count = 0;
    for (const line of lines.slice(start)) {
      // A line that is longer than the limit gets a file of its own.
      if (size > 0 && size + line.bytes > this.rotationBytes) break;
      size += line.bytes;
      text += line.text;
      count++;
    }
    if (count === 0) this.#rotate();
    else this.#append(text);
    return count;
  }

  #append(text: string): void {
    const file = this.#opened();
    const bytes = Buffer.from(text);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(file.descriptor, bytes, done);
    } catch (error) {
      // A part of it may have been written: the file keeps whole lines only.
      ftruncateSync(file.descriptor, file.size);
      throw error;
    }
    file.size += bytes.length;
  }

  #opened(): { readonly descriptor: number; size: number } {
    if (this.#file !== null) return this.#file;
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const { O_CREAT, O_APPEND, O_WRONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    // A link in the place of a log would make the plugin write somewhere else, a named pipe would make it wait.
    const descriptor = openSync(this.path, O_CREAT | O_APPEND | O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0o600);
    this.#file = { descriptor, size: fstatSync(descriptor).size };
    return this.#file;
  }

  /** A log that was moved, removed or emptied by somebody else goes on in a file of its name. */
  #leaveMoved(): void {
    if (this.#file === null) return;
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    const own = fstatSync(this.#file.descriptor);
    if (there?.ino === own.ino && there.dev === own.dev) this.#file.size = own.size;
    else this.#closeFile();
  }

  #rotate(): void {
    this.#closeFile();
    rotateFilesNow(this.path);
  }

  #lose(count: number, error: unknown): void {
    if (this.#lastError === "") this.report(`The log ${this.path} cannot be written: ${describeError(error)}`);
    this.#lastError = describeError(error);
    this.#lost += count;
    this.#closeFile();
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = null;
    try {
      if (file !== null) closeSync(file.descriptor);
    } catch (error) {
      this.report(`The log ${this.path} was not closed well: ${describeError(error)}`);
    }
  }
}

// Everything below blank but the tab, DEL, and the C1 controls: a terminal would obey them.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

function escapeControls(line: string): string {
  return line.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
