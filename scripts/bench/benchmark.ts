/** One figure of a benchmark. */
export interface Figure {
  /** The benchmark that took it. */
  readonly benchmark: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: "x" | "µs" | "ms" | "MB/s" | "MiB" | "calls" | "fps" | "tokens";
  /** The smallest and the largest of the rounds that `value` is the median of. */
  readonly spread?: readonly [number, number];
  readonly rounds?: number;
  /** The value must not be above this. */
  readonly atMost?: number;
  /** The value must not be below this. */
  readonly atLeast?: number;
}

/** A figure as its benchmark gives it. */
export type OwnFigure = Omit<Figure, "benchmark">;

interface BenchmarkSettings {
  /** How many rounds are measured; the benchmark's own number where absent. */
  readonly rounds: number | undefined;
}

/** One benchmark. What it compares is measured in turns within one run, so that a busy machine slows both. */
export interface Benchmark {
  readonly name: string;
  /** What is measured, in one sentence. */
  readonly about: string;
  run(settings: BenchmarkSettings): Promise<OwnFigure[]>;
}
