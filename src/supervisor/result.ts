/** Where in a stored result its parts are, in UTF-16 code units: the whole turn is kept, the last message is shown. */
export interface ResultParts {
  /** How long the lines are that come before the agent's words, without a line end. */
  readonly header: number;
  /** Where the last message that has a text begins. */
  readonly last: number;
}

/** A result as it is stored. */
export interface Result {
  /** The headers, and everything the agent said in its turn. */
  readonly text: string;
  /** What the record keeps of it. */
  readonly kept: { readonly resultPreview: string | null; readonly resultParts: ResultParts | undefined };
}

const PREVIEW_CHARACTERS = 200;

/** Everything that an agent said in a turn, below lines that the reader has to know. */
export function composeResult(headers: readonly (string | undefined)[], words: readonly string[]): Result {
  const header = headers.filter(Boolean).join("\n");
  const text = below(header, words.join("\n\n"));
  if (text === "") return { text, kept: { resultPreview: null, resultParts: undefined } };
  const resultParts = { header: header.length, last: text.length - (words.at(-1)?.length ?? 0) };
  return { text, kept: { resultPreview: text.slice(-PREVIEW_CHARACTERS), resultParts } };
}

/** Of a stored result the headers and the last message; the whole where nothing is known of its parts. */
export function lastMessageOf(text: string, parts: ResultParts | null | undefined): string {
  return parts ? below(text.slice(0, parts.header), text.slice(parts.last)) : text;
}

function below(header: string, text: string): string {
  return [header, text].filter((each) => each !== "").join("\n");
}
