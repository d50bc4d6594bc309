/** Calls of one tool that failed with one error, since anything succeeded. */
export interface FailingRun {
  readonly tool: string;
  readonly digest: string;
  /** The step of the last one. */
  readonly round: string;
  readonly count: number;
}

/** So many, and a run in the background is ended. */
const LAST_FAILURE = 20;
/** As many different errors are told apart. */
const MOST_RUNS = 20;

/** Counts failing calls, whatever their arguments, as long as nothing succeeds. Those of one step count once. */
export class FailingCalls {
  #runs: FailingRun[];

  constructor(saved: readonly FailingRun[] = []) {
    this.#runs = [...saved];
  }

  /** A call has failed; returns how often that happened, if it is too often. */
  add(tool: string, digest: string, round: string): number | undefined {
    const before = this.#runs.find((run) => run.tool === tool && run.digest === digest);
    const count = (before?.count ?? 0) + (before?.round === round ? 0 : 1);
    this.#runs = [...this.#runs.filter((run) => run !== before), { tool, digest, round, count }].slice(-MOST_RUNS);
    return count >= LAST_FAILURE ? count : undefined;
  }

  /** Something succeeded; returns whether anything had failed before. */
  clear(): boolean {
    const had = this.#runs.length > 0;
    this.#runs = [];
    return had;
  }

  save(): readonly FailingRun[] {
    return this.#runs;
  }
}
