import { markEdits, tokenize, type ChangeData, type HunkData, type HunkTokens } from "react-diff-view";
import { create } from "zustand";

/** Tells the words of a language apart. */
interface Highlighter {
  highlight(language: string, text: string): { readonly children: readonly unknown[] };
  registered(language: string): boolean;
}

/** Of a longer piece, or longer lines, the colours are not worth the wait. */
const MOST_CHARACTERS = 20_000;
const LONGEST_MARKED = 400;

/** What highlights; `null` until it is loaded: what is read first is shown without colours. */
export const useHighlighter = create<{ readonly highlighter: Highlighter | null }>(() => ({ highlighter: null }));

export async function loadHighlighter(): Promise<void> {
  const { common, createLowlight } = await import("lowlight");
  useHighlighter.setState({ highlighter: createLowlight(common) });
}

/** The lines of a piece as words with colours, and what is another in a changed line marked. */
export function highlighted(hunk: HunkData, path: string, highlighter: Highlighter | null): HunkTokens | null {
  const lengths = hunk.changes.map(({ content }) => content.length);
  if (lengths.reduce((sum, length) => sum + length, 0) > MOST_CHARACTERS) return null;
  const [oldBefore, newBefore] = [linesBefore(hunk, "delete"), linesBefore(hunk, "insert")];
  const shifted = { ...hunk, changes: hunk.changes.map((line) => shift(line, oldBefore, newBefore)) };
  const enhancers = Math.max(0, ...lengths) > LONGEST_MARKED ? [] : [markEdits([shifted], { type: "block" })];
  const language = languageOf(path, highlighter);
  try {
    const tokens =
      language === undefined || highlighter === null
        ? tokenize([shifted], { highlight: false, enhancers })
        : tokenize([shifted], {
            highlight: true,
            language,
            // The library was made for another highlighter, whose tree has the same nodes.
            refractor: { highlight: (text: string) => highlighter.highlight(language, text).children },
            enhancers,
          });
    return { old: moved(tokens.old, oldBefore), new: moved(tokens.new, newBefore) };
  } catch {
    // A grammar that fails on half a text: the text is there all the same.
    return null;
  }
}

/** The library looks at all lines before those of a piece as well: it is given them as if they were the first. */
function shift(line: ChangeData, oldBefore: number, newBefore: number): ChangeData {
  switch (line.type) {
    case "delete":
      return { ...line, lineNumber: line.lineNumber - oldBefore };
    case "insert":
      return { ...line, lineNumber: line.lineNumber - newBefore };
    case "normal":
      return { ...line, oldLineNumber: line.oldLineNumber - oldBefore, newLineNumber: line.newLineNumber - newBefore };
  }
}

function linesBefore({ changes }: HunkData, type: "delete" | "insert"): number {
  for (const line of changes) {
    if (line.type === "normal") return (type === "delete" ? line.oldLineNumber : line.newLineNumber) - 1;
    if (line.type === type) return line.lineNumber - 1;
  }
  return 0;
}

function moved<T>(lines: readonly T[], by: number): T[] {
  const all: T[] = [];
  lines.forEach((line, index) => {
    all[index + by] = line;
  });
  return all;
}

function languageOf(path: string, highlighter: Highlighter | null): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return [extension, name].find((language) => highlighter?.registered(language) === true);
}
