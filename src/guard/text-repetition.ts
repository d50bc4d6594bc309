/** Longest sequence of sentences that is looked for. */
const LONGEST_PERIOD = 6;
/** So many times in a row is a loop, and no figure of speech. */
const LAPS = 4;
/** Shorter repetitions ("No. No. No. No.") are speech. */
const SHORTEST_LOOP_CHARACTERS = 160;
const KEPT_UNITS = LONGEST_PERIOD * LAPS;
/** A text without sentence ends is cut into pieces of this length. */
const LONGEST_UNIT = 240;
/** Lines of lists, tables, quotes and headings repeat by nature. */
const STRUCTURE = /^\s*([-*+>|#]|\d+[.)])/;
const FENCE = /^\s*(```|~~~)/;

interface Unit {
  readonly hash: bigint | number;
  readonly length: number;
}

/**
 * Notices that a model repeats itself, delta by delta: the same sentence, or the same few, again and again. Code blocks,
 * tables and lists are left out. One for each text.
 */
export class TextRepetition {
  #line = "";
  #units: Unit[] = [];
  #inCode = false;
  /** Whether the line up to here is structure, which is known at its first characters. */
  #lineStart = true;
  #isStructure = false;

  /** Takes a delta in; returns whether the text has become a loop. */
  push(delta: string): boolean {
    let found = false;
    for (const piece of delta.split(/(?<=\n)/)) {
      this.#line += piece;
      if (this.#line.length > LONGEST_UNIT || /[.!?…\n]\s*$/.test(piece)) found = this.#takeUnits() || found;
    }
    return found;
  }

  #takeUnits(): boolean {
    let found = false;
    const endsLine = this.#line.endsWith("\n");
    if (this.#lineStart) this.#classifyLine();
    if (!this.#inCode && !this.#isStructure) {
      for (const sentence of this.#line.match(/[^.!?…\n]+[.!?…]*\s*/g) ?? []) found = this.#takeUnit(sentence) || found;
    }
    this.#line = "";
    this.#lineStart = endsLine;
    if (endsLine) this.#isStructure = false;
    return found;
  }

  #classifyLine(): void {
    if (FENCE.test(this.#line)) {
      this.#inCode = !this.#inCode;
      this.#isStructure = true;
    } else {
      this.#isStructure = STRUCTURE.test(this.#line);
    }
  }

  #takeUnit(sentence: string): boolean {
    const text = sentence.trim().toLowerCase().replaceAll(/\s+/g, " ");
    if (text === "") return false;
    this.#units.push({ hash: Bun.hash(text), length: text.length });
    if (this.#units.length > KEPT_UNITS) this.#units.shift();
    for (let period = 1; period <= LONGEST_PERIOD; period++) if (this.#repeats(period)) return true;
    return false;
  }

  #repeats(period: number): boolean {
    const needed = period * LAPS;
    const tail = this.#units.slice(-needed);
    if (tail.length < needed || tail.reduce((sum, { length }) => sum + length, 0) < SHORTEST_LOOP_CHARACTERS)
      return false;
    return tail.every(({ hash }, index) => index < period || hash === tail[index - period]?.hash);
  }
}
