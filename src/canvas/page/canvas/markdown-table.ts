export interface TableCell {
  readonly text: string;
  readonly align: "start" | "middle" | "end";
}

const RULE = /^ {0,3}\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;

/** Markdown as texts and, in their place, tables: their rows, the first of which is their head. */
export function tableRows(markdown: string): readonly (string | readonly (readonly TableCell[])[])[] {
  const lines = markdown.split("\n");
  const parts: (string | (readonly TableCell[])[])[] = [];
  let text: string[] = [];
  let isCode = false;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const rule = lines[at + 1] ?? "";
    if (FENCE.test(line)) isCode = !isCode;
    if (isCode || !isHead(line, rule)) {
      text.push(line);
      continue;
    }
    const aligns = cellsOf(rule).map(alignOf);
    const rows = [line];
    for (at += 2; at < lines.length && lines[at]?.trim() !== "" && lines[at]?.includes("|") === true; at += 1)
      rows.push(lines[at] ?? "");
    at -= 1;
    if (text.length > 0) parts.push(text.join("\n"));
    text = [];
    parts.push(
      rows.map((row) => {
        const cells = cellsOf(row);
        return aligns.map((align, column) => ({ text: cells[column] ?? "", align }));
      }),
    );
  }
  return text.length > 0 ? [...parts, text.join("\n")] : parts;
}

function isHead(line: string, rule: string): boolean {
  return line.includes("|") && RULE.test(rule) && cellsOf(line).length === cellsOf(rule).length;
}

function cellsOf(row: string): readonly string[] {
  const cells = row.trim().split(/(?<!\\)\|/);
  if (cells[0] === "") cells.shift();
  if (cells.at(-1)?.trim() === "") cells.pop();
  return cells.map((cell) => cell.trim().replaceAll(String.raw`\|`, "|"));
}

function alignOf(rule: string): TableCell["align"] {
  if (!rule.endsWith(":")) return "start";
  return rule.startsWith(":") ? "middle" : "end";
}
