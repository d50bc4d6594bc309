import type { OwnFigure } from "./benchmark.ts";

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error("There is no median of nothing.");
  return (low + high) / 2;
}

type Unit = OwnFigure["unit"];

/** The median of the rounds, with their spread. */
export function medianFigure(figure: string, values: readonly number[], unit: Unit, atMost?: number): OwnFigure {
  return {
    figure,
    value: median(values),
    unit,
    spread: [Math.min(...values), Math.max(...values)],
    rounds: values.length,
    ...(atMost === undefined ? {} : { atMost }),
  };
}

/** The median of the ratios of what was measured side by side: what slowed a whole round does not count. */
export function ratioFigure(
  figure: string,
  measured: readonly number[],
  baseline: readonly number[],
  atMost?: number,
): OwnFigure {
  const ratios = measured.map((value, round) => value / (baseline[round] ?? Number.NaN));
  return medianFigure(figure, ratios, "x", atMost);
}

/** What the straight line through equally spaced values (least squares) gains in a hundred steps. */
export function growthPer100(values: readonly number[], spacing: number): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let product = 0;
  let square = 0;
  for (const [index, value] of values.entries()) {
    product += (index - middle) * (value - mean);
    square += (index - middle) ** 2;
  }
  return (100 * product) / square / spacing;
}
