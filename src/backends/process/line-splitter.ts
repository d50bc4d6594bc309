/** One line of a stream, without its line end. */
export interface Line {
  readonly text: string;
  /** The line was longer than the cap; the rest of it was dropped. */
  readonly isCut: boolean;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Longest line kept, in bytes. */
export const MAX_LINE_BYTES = 1_048_576;

/**
 * Splits one byte stream into lines. It works on bytes, so that a UTF-8 character cut by a chunk is never decoded in
 * halves, and caps a line, so that a stream without line ends cannot fill the memory. One splitter for each stream.
 */
export class LineSplitter {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #overflowed = false;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(private readonly maxBytes = MAX_LINE_BYTES) {}

  /** The lines that this chunk completes. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    // A copy: the stream may use its buffer again.
    if (start < chunk.length) this.#keep(chunk.slice(start));
    return lines;
  }

  /** The last line, where the stream ended without a line end. */
  end(): Line[] {
    return this.#pendingBytes > 0 || this.#overflowed ? [this.#take()] : [];
  }

  #keep(bytes: Uint8Array): void {
    const room = this.maxBytes - this.#pendingBytes;
    if (bytes.length > room) this.#overflowed = true;
    const kept = bytes.length > room ? bytes.subarray(0, wholeCharacters(bytes, room)) : bytes;
    if (kept.length === 0) return;
    this.#pending.push(kept);
    this.#pendingBytes += kept.length;
  }

  #take(): Line {
    const joined = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    const end = joined.at(-1) === CARRIAGE_RETURN ? joined.length - 1 : joined.length;
    const line = { text: this.#decoder.decode(joined.subarray(0, end)), isCut: this.#overflowed };
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#overflowed = false;
    return line;
  }
}

/** The longest prefix of at most `length` bytes that ends between two UTF-8 characters. */
function wholeCharacters(bytes: Uint8Array, length: number): number {
  let end = length;
  // Continuation bytes are 10xxxxxx: step back to the start of the character that would be cut.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}
