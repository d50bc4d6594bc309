/** Lines of lists, tables, quotes and headings repeat by nature, and so does code. */
const STRUCTURE = /^(\s*([-*+]\s|[>|]|#{1,6}\s|\d+[.)]\s)|\t| {4})/;
const FENCE = /^\s*(`{3,}|~{3,})/;
/** So many characters of a line tell what it is: a heading of the sixth level, and a blank. */
const HEAD_CHARACTERS = 7;

/** Takes the prose out of a text that comes in pieces: no code, tables, lists, quotes and headings. */
export class Prose {
  /** The beginning of a line, as long as it does not tell yet what the line is. */
  #head = "";
  #lineIsProse: boolean | undefined;
  #fence: string | undefined;

  /** The prose in the next piece of the text. */
  take(text: string): string {
    // Nearly every delta is a word within a line.
    if (this.#lineIsProse !== undefined && !text.includes("\n")) return this.#lineIsProse ? text : "";
    let prose = "";
    for (const piece of text.split(/(?<=\n)/)) {
      const line = this.#classified(piece);
      if (this.#lineIsProse === true) prose += line;
      if (piece.endsWith("\n")) this.#lineIsProse = undefined;
    }
    return prose;
  }

  /** What is now known to belong to the line. */
  #classified(piece: string): string {
    if (this.#lineIsProse !== undefined) return piece;
    this.#head += piece;
    if (this.#head.trimStart().length < HEAD_CHARACTERS && !piece.endsWith("\n")) return "";
    const head = this.#head;
    this.#head = "";
    const mark = FENCE.exec(head)?.[1];
    this.#lineIsProse = mark === undefined && this.#fence === undefined && !STRUCTURE.test(head);
    if (this.#fence === undefined) this.#fence = mark;
    // A shorter mark stands in the code itself.
    else if (mark?.startsWith(this.#fence) === true) this.#fence = undefined;
    return head;
  }
}
