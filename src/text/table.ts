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
  return width(line) <= columns ? line : `${Bun.sliceAnsi(line, 0, columns - 1)}…`;
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
