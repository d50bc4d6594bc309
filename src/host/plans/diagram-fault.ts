/** What the page draws at most: Mermaid's own limit. */
const MOST_CHARACTERS = 50_000;
const SHOWN_CHARACTERS = 120;
/** The wording of Mermaid 12.3.0, of its two kinds of parsers; any other error may be of the missing page. */
const SYNTAX = /^(?:Parse error|Lexical error|Syntax error|Parsing failed)/i;
const FRONT_MATTER = /^-{3}\s*\n[\s\S]*?\n-{3}\s*\n/;
const COMMENT = /^\s*%%(?!\{)./;

/**
 * What keeps a diagram from being drawn, with the line; `undefined` where it can be drawn, or where nobody can tell
 * without a page. Mermaid is loaded with the first call.
 */
export async function diagramFault(source: string): Promise<string | undefined> {
  if (source.trim() === "" || source.length > MOST_CHARACTERS) return undefined;
  const parse = await import("./mermaid-parser.ts").catch(() => undefined);
  if (parse === undefined) return undefined;
  try {
    await parse.parseMermaid(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? faultOf(error, source) : undefined;
  }
}

function faultOf({ name, message }: Error, source: string): string | undefined {
  const lines = readLines(source);
  if (name === "UnknownDiagramError") {
    const words = 'expected the kind of diagram first, such as "flowchart TD" or "sequenceDiagram"';
    return `the Mermaid is broken at line ${at(lines, 1)}: ${words}.`;
  }
  if (!SYNTAX.test(message)) return undefined;
  const line = /line:? (\d+)/.exec(message)?.[1];
  const expected = /Expecting .*$/ms.exec(message)?.[0] ?? /unexpected .*$/ims.exec(message)?.[0] ?? "";
  const why = expected
    .replaceAll(/\s+/g, " ")
    .slice(0, 2 * SHOWN_CHARACTERS)
    .toWellFormed();
  const where = line === undefined ? "" : ` at line ${at(lines, Number(line))}`;
  return `the Mermaid is broken${where}${why === "" ? "" : `: ${why}`}. Nothing can be drawn of it; correct it.`;
}

interface Line {
  /** From 1, in the whole source. */
  readonly number: number;
  readonly text: string;
}

/** The lines that Mermaid counts: without front matter, comments, and what is empty before the first and before comments. */
function readLines(source: string): readonly Line[] {
  const text = source.replaceAll(/\r\n?/g, "\n");
  const front = FRONT_MATTER.exec(text.trimStart())?.[0] ?? "";
  const start = front === "" ? 0 : text.indexOf(front) + front.length;
  const skipped = text.slice(0, start).split("\n").length - 1;
  const all = text
    .slice(start)
    .split("\n")
    .map((line, index) => ({ number: skipped + index + 1, text: line }));
  const kept: Line[] = [];
  for (const line of all) {
    if (COMMENT.test(line.text)) while (kept.at(-1)?.text.trim() === "") kept.pop();
    else if (kept.length > 0 || line.text.trim() !== "") kept.push(line);
  }
  return kept;
}

/** A parser says of an end that comes too soon that it is behind the last line. */
function at(lines: readonly Line[], number: number): string {
  const last = lines.findLastIndex(({ text }) => text.trim() !== "");
  const line = lines[Math.min(number - 1, last)];
  if (line === undefined) return String(number);
  const text = line.text.trim();
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…`.toWellFormed() : text;
  return `${line.number}, ${JSON.stringify(shown)}`;
}
