/** A larger diagram is drawn when somebody asks for it: to lay it out holds the page, which a person may need to say no. */
export const MOST_DRAWN = 150;

/** What stands between the ends of an arrow, in each of Mermaid's ways to write one. */
const ARROW = /[<ox]?(?:-{2,}|={2,}|~{3,}|-\.+-?|-(?=>|\)|x))[>)ox]*/;
/** What holds others: the deeper, the dearer. */
const OPENS = /^\s*(?:subgraph|namespace|box|loop|alt|opt|par|critical|rect|break|block)\b|\{\s*$/;
const CLOSES = /^\s*(?:end\b|\})/;
const LINE_LENGTH = 200;
const [CHARACTERS_OF_A_PART, COMMAS_OF_A_PART, CELLS_OF_A_PART] = [40, 4, 8];

/** About how many nodes, arrows and messages a diagram has, told from its lines: to parse it may take as long as to draw it. */
export function diagramSize(source: string): number {
  let size = 0;
  let depth = 0;
  for (const line of source.split(/[\n;]/)) {
    if (line.trim() === "" || line.trimStart().startsWith("%%")) continue;
    if (CLOSES.test(line)) depth = Math.max(0, depth - 1);
    else if (OPENS.test(line)) depth += 1;
    size += OPENS.test(line) ? depth : 0;
    size += Math.max(1, arrowsOf(line), cellsOf(line)) + Math.floor(line.split(",").length / COMMAS_OF_A_PART);
    size += Math.floor(Math.max(0, line.length - LINE_LENGTH) / CHARACTERS_OF_A_PART);
  }
  return size;
}

/** `A & B --> C & D` are four. */
function arrowsOf(line: string): number {
  const groups = line.split(ARROW).map((group) => group.split("&").length);
  return groups.slice(1).reduce((sum, count, index) => sum + count * (groups[index] ?? 1), 0);
}

/** Numbers that stand for that many cells: `0-4095: "payload"` of a packet, `space:500` and `columns 500` of blocks. */
function cellsOf(line: string): number {
  const { to, count } =
    /^\s*\d+\s*-\s*(?<to>\d+)\s*:|(?:^|\s)(?:space:|columns\s+|\+)(?<count>\d+)/.exec(line)?.groups ?? {};
  return Math.floor(Number(to ?? count ?? 0) / CELLS_OF_A_PART);
}

/** Whether a diagram has words that no drawing of it shows: remarks, settings, descriptions for readers, what a click does. */
export function hasUnshownLines(source: string): boolean {
  return /%%|^\s*---\s*$|^\s*(?:acc(?:Title|Descr)|click|callback|links?|properties|details)\b/m.test(source);
}
