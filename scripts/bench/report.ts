import { availableParallelism, loadavg } from "node:os";
import type { Figure } from "./benchmark.ts";

const COLUMNS = ["benchmark", "figure", "median", "goal", "from .. to", "rounds", ""] as const;

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const rows = [[...COLUMNS], ...figures.map(row)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((cells) => (cells[column] ?? "").length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

/** One JSON object a line: what it was measured on, then each figure. */
export function jsonLines(figures: readonly Figure[]): string {
  const machine = { cores: availableParallelism(), platform: process.platform, bun: Bun.version, load: loadavg() };
  return [{ machine }, ...figures].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Whether the figure keeps its goal; `undefined` where it has none. */
function keepsGoal({ value, atMost, atLeast }: Figure): boolean | undefined {
  if (atMost === undefined && atLeast === undefined) return undefined;
  return value <= (atMost ?? value) && value >= (atLeast ?? value);
}

function goal({ unit, atMost, atLeast }: Figure): string {
  if (atMost !== undefined) return `<= ${atMost} ${unit}`;
  return atLeast === undefined ? "" : `>= ${atLeast} ${unit}`;
}

function row(figure: Figure): string[] {
  const { benchmark, unit, spread, rounds } = figure;
  const kept = keepsGoal(figure);
  return [
    benchmark,
    figure.figure,
    `${show(figure.value, unit)} ${unit}`,
    goal(figure),
    spread === undefined ? "" : spread.map((value) => show(value, unit)).join(" .. "),
    rounds === undefined ? "" : String(rounds),
    kept === undefined ? "" : kept ? "ok" : "MISSED",
  ];
}

function show(value: number, unit: Figure["unit"]): string {
  if (unit === "calls" || unit === "tokens") return String(value);
  return value.toFixed(unit === "x" ? 3 : value < 1000 ? 1 : 0);
}
