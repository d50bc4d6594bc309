/** The words of a command's arguments. */
export type WordsReading =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly error: string };

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", "“": "”" };

/**
 * Splits at blanks. What stands between quotes is one word; a backslash takes the next character as it is, and `\n`
 * between double quotes is a new line. A quote inside of a word, as in "don't", is a letter.
 */
export function readWords(text: string): WordsReading {
  const words: string[] = [];
  let index = 0;
  while (index < text.length) {
    if (/\s/.test(text.charAt(index))) {
      index += 1;
      continue;
    }
    const opening = text.charAt(index);
    const closing = CLOSING[opening];
    const word = closing === undefined ? plainWord(text, index) : quotedWord(text, index + 1, closing);
    if (word === undefined) {
      return {
        ok: false,
        error: `The quote ${opening} before ${JSON.stringify(text.slice(index + 1, index + 20))} is never closed.`,
      };
    }
    words.push(word.text);
    index = word.end;
  }
  return { ok: true, words };
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function plainWord(text: string, start: number): Word {
  let word = "";
  let index = start;
  for (; index < text.length && !/\s/.test(text.charAt(index)); index++) {
    if (text.charAt(index) === "\\" && index + 1 < text.length) index += 1;
    word += text.charAt(index);
  }
  return { text: word, end: index };
}

function quotedWord(text: string, start: number, closing: string): Word | undefined {
  let word = "";
  for (let index = start; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === closing) return { text: word, end: index + 1 };
    if (character === "\\" && closing !== "'" && index + 1 < text.length) {
      index += 1;
      word += text.charAt(index) === "n" ? "\n" : text.charAt(index);
    } else {
      word += character;
    }
  }
  return undefined;
}
