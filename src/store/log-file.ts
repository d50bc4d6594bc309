import { constants } from "node:fs";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

const KEPT_ROTATIONS = 3;
/** More than this waiting to be written and the pipes are left alone for a while. */
const HIGH_WATER_BYTES = 1_048_576;

/**
 * A log that people tail: whole lines, rotated by size into `.1` to `.3`. It never throws: what the disk does not take
 * is counted, and told in the log itself once the disk takes lines again.
 */
export class LogFile {
  #lines: string[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #lastError = "";
  #flushing: Promise<void> | null = null;
  #file: { handle: FileHandle; size: number } | null = null;

  constructor(
    private readonly path: string,
    private readonly rotationBytes: number,
    /** Told once when the log cannot be written. */
    private readonly report: (message: string) => void,
  ) {}

  write(source: "stdout" | "stderr", line: string): void {
    const text = `[${source}] ${escapeControls(line)}\n`;
    this.#lines.push(text);
    this.#waitingBytes += text.length;
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = null));
  }

  async ready(): Promise<void> {
    if (this.#waitingBytes > HIGH_WATER_BYTES) await this.#flushing;
  }

  async close(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing;
    await this.#file?.handle.close().catch(() => undefined);
    this.#file = null;
  }

  async #flush(): Promise<void> {
    // One turn of the event loop gathers the lines of one chunk.
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      this.#waitingBytes = 0;
      try {
        await this.#append(lines);
      } catch (error) {
        this.#lose(lines.length, error);
      }
    }
  }

  async #append(lines: readonly string[]): Promise<void> {
    const lost = this.#lost;
    const notice = `[stderr] bizar: ${lost} lines are missing here, the log could not be written: ${this.#lastError}\n`;
    let batch: Buffer[] = [];
    let batchBytes = 0;
    for (const line of lost === 0 ? lines : [notice, ...lines]) {
      const bytes = Buffer.from(line);
      const { size } = await this.#opened();
      if (size + batchBytes > 0 && size + batchBytes + bytes.length > this.rotationBytes) {
        await this.#appendBytes(Buffer.concat(batch));
        batch = [];
        batchBytes = 0;
        await this.#rotate();
      }
      batch.push(bytes);
      batchBytes += bytes.length;
    }
    await this.#appendBytes(Buffer.concat(batch));
    this.#lost -= lost;
  }

  async #appendBytes(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    const file = await this.#opened();
    try {
      await file.handle.appendFile(bytes);
    } catch (error) {
      // A part of it may have been written: the file keeps whole lines only.
      await file.handle.truncate(file.size).catch(() => undefined);
      throw error;
    }
    file.size += bytes.length;
  }

  async #opened(): Promise<{ handle: FileHandle; size: number }> {
    if (this.#file !== null) return this.#file;
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    // A link in the place of a log would make the plugin write somewhere else.
    const flags = constants.O_CREAT | constants.O_APPEND | constants.O_WRONLY | constants.O_NOFOLLOW;
    const handle = await open(this.path, flags, 0o600);
    this.#file = { handle, size: (await handle.stat()).size };
    return this.#file;
  }

  async #rotate(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = null;
    await rm(`${this.path}.${KEPT_ROTATIONS}`, { force: true });
    for (let index = KEPT_ROTATIONS - 1; index >= 1; index--) {
      await renameIfThere(`${this.path}.${index}`, `${this.path}.${index + 1}`);
    }
    await renameIfThere(this.path, `${this.path}.1`);
  }

  #lose(count: number, error: unknown): void {
    if (this.#lastError === "") this.report(`The log ${this.path} cannot be written: ${String(error)}`);
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#lost += count;
    void this.#file?.handle.close().catch(() => undefined);
    this.#file = null;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

// Everything below blank but the tab, DEL, and the C1 controls: a terminal would obey them.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

function escapeControls(line: string): string {
  return line.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
