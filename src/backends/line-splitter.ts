/** One line of a stream, without its line end. */
export interface Line {
  readonly text: string;
  /** The line was longer than the cap; the rest of it was dropped. */
  readonly isCut: boolean;
}

/** A line in two where something was printed that ended none, before what begins a line of its own; -1 or 0: nothing was. */
export function brokenAt(line: Line, at: number): Line[] {
  if (at <= 0) return [line];
  return [
    { text: line.text.slice(0, at), isCut: false },
    { ...line, text: line.text.slice(at) },
  ];
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
    // What follows a cut is dropped to the end of the line, so that the text is a start of what came.
    if (this.#overflowed || bytes.length === 0) return;
    const kept = bytes.subarray(0, this.maxBytes - this.#pendingBytes);
    this.#overflowed = kept.length < bytes.length;
    this.#pending.push(kept);
    this.#pendingBytes += kept.length;
  }

  #take(): Line {
    const joined = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    const line = { text: this.#decoder.decode(joined.subarray(0, this.#textEnd(joined))), isCut: this.#overflowed };
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#overflowed = false;
    return line;
  }

  #textEnd(line: Uint8Array): number {
    if (this.#overflowed) return wholeCharacters(line);
    return line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
  }
}

/** The length of a line without the start of a UTF-8 character that the cap cut in two. */
function wholeCharacters(line: Uint8Array): number {
  // Continuation bytes are 10xxxxxx; a first byte has as many leading ones as its character has bytes.
  const last = line.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  const first = line[last] ?? 0;
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return last + length > line.length ? last : line.length;
}
