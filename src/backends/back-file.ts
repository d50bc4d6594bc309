import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";

const CHUNK_BYTES = 1_048_576;
const MEGABYTE = 1_000_000;

/** Why what is so large does not come back, in words. */
export function tooLarge(mostBytes: number): string {
  return (
    `What it did is not brought back: it is more than ${mostBytes / MEGABYTE} MB (the option "bringBackMb"). ` +
    `Have the agent remove what is no work, or name it in .gitignore.`
  );
}

/** What has become of what came back. */
export interface Unpacked {
  /** Why nothing of it could be unpacked, in words. */
  readonly failed?: string | undefined;
  /** What is to be known of it, though all was. */
  readonly warning?: string | undefined;
}

/** What comes back of an agent's files, on its way into a file: hardly anything of it is in memory. Nothing throws. */
export class BackFile {
  /** Why it is not whole, in words. */
  failure: string | undefined;
  #folder: string | undefined;
  #file: number | undefined;
  #bytes = 0;
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;

  constructor(private readonly mostBytes: number) {
    this.#try(() => {
      this.#folder = mkdtempSync(join(tmpdir(), "bizar-back-"));
      this.#file = openSync(this.path, "w", 0o600);
    });
  }

  get path(): string {
    return join(this.#folder ?? "", "bundle");
  }

  /**
   * Adds what a text of base64 holds.
   *
   * @returns whether more may come
   */
  add(text: string): boolean {
    if (this.failure !== undefined) return false;
    const bytes = Buffer.from(text, "base64");
    this.#bytes += bytes.length;
    this.#chunks.push(bytes);
    this.#chunkBytes += bytes.length;
    if (this.#bytes > this.mostBytes) this.#fail(tooLarge(this.mostBytes));
    else if (this.#chunkBytes >= CHUNK_BYTES) this.#try(() => this.#write());
    return this.failure === undefined;
  }

  /** All of it has come. Returns why it is not whole. */
  finish(): string | undefined {
    if (this.failure === undefined) this.#try(() => this.#write());
    return this.failure;
  }

  remove(): void {
    const [file, folder] = [this.#file, this.#folder];
    this.#file = this.#folder = undefined;
    try {
      if (file !== undefined) closeSync(file);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    } catch {
      // It is in the system's own folder for such things.
    }
  }

  #write(): void {
    const bytes = Buffer.concat(this.#chunks.splice(0));
    this.#chunkBytes = 0;
    for (let at = 0; at < bytes.length && this.#file !== undefined;) at += writeSync(this.#file, bytes, at);
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(`What came back could not be kept: ${describeError(error)}`);
    }
  }

  #fail(why: string): void {
    this.failure = why;
    this.#chunks = [];
    this.remove();
  }
}
