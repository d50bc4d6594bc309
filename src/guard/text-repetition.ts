import { Prose } from "./prose.ts";

/** The longest passage whose repetition is looked for, in letters and digits. */
const LONGEST_LAP = 1500;
/** So many times in a row is a loop, and no figure of speech. */
const LAPS = 4;
/** Shorter repetitions ("No. No. No. No.") are speech. */
const SHORTEST_LOOP = 160;
const KEPT = LONGEST_LAP * LAPS;
/** Deltas are a few characters each; so many are made plain together. */
const BATCH = 64;
/** The text is looked at each time so much has come, wherever its deltas end. */
const CHECK_EVERY = 256;

/**
 * Notices that a model repeats itself, delta by delta: the end of the text is the same passage again and again, whatever
 * its language, with or without sentences. Only letters and digits count, and only in prose. One for each text.
 */
export class TextRepetition {
  readonly #prose = new Prose();
  #tail = "";
  #unchecked = "";
  /** Prose as it came. */
  #raw = "";

  /** Takes a delta in; returns whether the text has become a loop. */
  push(delta: string): boolean {
    this.#raw += this.#prose.take(delta);
    if (this.#raw.length < BATCH) return false;
    this.#unchecked += plain(this.#raw);
    this.#raw = "";
    let found = false;
    while (this.#unchecked.length >= CHECK_EVERY) {
      this.#tail = (this.#tail + this.#unchecked.slice(0, CHECK_EVERY)).slice(-KEPT);
      this.#unchecked = this.#unchecked.slice(CHECK_EVERY);
      found ||= endsInLoop(this.#tail);
    }
    return found;
  }
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "");
}

/** How much of the text before its last `index` characters ends as the whole text does; see {@link endsInLoop}. */
const matches = new Uint16Array(LONGEST_LAP + 1);

/**
 * Whether the text ends with {@link LAPS} laps of one passage that has a letter in it: rows of figures are data. This is
 * the Z algorithm from the end of the text, linear in its length.
 */
function endsInLoop(text: string): boolean {
  const last = text.length - 1;
  let [from, to] = [0, 0];
  for (let lap = 1; lap * LAPS <= text.length && lap <= LONGEST_LAP; lap++) {
    let match = lap < to ? Math.min(to - lap, matches[lap - from] ?? 0) : 0;
    while (lap + match <= last && text.charCodeAt(last - match) === text.charCodeAt(last - lap - match)) match++;
    matches[lap] = match;
    if (lap + match > to) [from, to] = [lap, lap + match];
    const repeated = lap + match;
    if (repeated >= Math.max(lap * LAPS, SHORTEST_LOOP) && /\p{L}/u.test(text.slice(-lap))) return true;
  }
  return false;
}
