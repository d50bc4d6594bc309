/** Refused calls, one after the other. */
export interface RefusedRun {
  /** The call that was refused last, and how often in a row with no other call in between. */
  readonly fingerprint: string;
  readonly round: string;
  readonly same: number;
  /** How many were refused, whichever they were, since one ran. */
  readonly all: number;
}

/** The same call refused so often, with no other in between, ends a run in the background. */
const LAST_SAME = 3;
/** Refused calls that take turns would go on to the cap of tool calls. */
const LAST_OF_ALL = 10;
const NONE: RefusedRun = { fingerprint: "", round: "", same: 0, all: 0 };

/** Counts the calls that a model makes although they were refused. Equal ones of one step count once. */
export class RefusedCalls {
  #run: RefusedRun;

  constructor(saved: RefusedRun = NONE) {
    this.#run = saved;
  }

  /** A call was refused; returns whether nothing else is to be expected any more. */
  add(fingerprint: string, round: string): boolean {
    const last = this.#run;
    const isSame = last.same > 0 && last.fingerprint === fingerprint;
    const isSameRound = last.round === round;
    this.#run = {
      fingerprint,
      round,
      same: isSame ? last.same + (isSameRound ? 0 : 1) : 1,
      all: last.all + (isSameRound ? 0 : 1),
    };
    return this.#run.same >= LAST_SAME || this.#run.all >= LAST_OF_ALL;
  }

  /** A call that is not guarded came in between; returns whether that matters. */
  interrupt(): boolean {
    const matters = this.#run.same > 0;
    this.#run = { ...this.#run, same: 0 };
    return matters;
  }

  clear(): void {
    this.#run = NONE;
  }

  save(): RefusedRun {
    return this.#run;
  }
}
