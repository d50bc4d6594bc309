/** Rows as aligned columns under a head, two blanks between them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(width)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map((row) => `${line(row)}\n`).join("");
}

/** Columns that a cell takes; colours take none. */
function width(cell: string): number {
  return Bun.stringWidth(cell);
}

/** A cell or line in at most so many columns of a terminal; what is cut ends with `…`. */
export function cutToWidth(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  if (columns < 1) return "";
  let kept = columns - 1;
  let shown = Bun.sliceAnsi(line, 0, kept);
  // A sign of two columns that begins in the last one is taken in whole (Bun 1.3.14).
  while (width(shown) >= columns) shown = Bun.sliceAnsi(line, 0, --kept);
  return `${shown}…`;
}

const COLOURS = { green: 32, red: 31, yellow: 33, cyan: 36 } as const;
const STATUS_COLOURS: Readonly<Record<string, keyof typeof COLOURS>> = {
  done: "green",
  failed: "red",
  killed: "yellow",
  timed_out: "yellow",
  running: "cyan",
  pending: "cyan",
};

/** A status in its colour, where the terminal shows one. */
export function colouredStatus(status: string, colours: boolean): string {
  const colour = STATUS_COLOURS[status];
  return colours && colour !== undefined ? `\u001b[${COLOURS[colour]}m${status}\u001b[0m` : status;
}
