/** Start times are told in hundredths of a second, rounded by two clocks. */
const TOLERANCE_TICKS = 2;
const MOST_KEPT = 1000;

interface ShellTime {
  readonly owner: string;
  readonly sessionId: string;
  readonly begin: number;
  /** Infinite while it runs. */
  readonly end: number;
}

/** When which agent's shell ran: what started meanwhile, and belongs to nobody, may be that agent's. */
export class ShellTimes {
  readonly #running = new Map<string, ShellTime>();
  readonly #over: ShellTime[] = [];

  /** @param ticks the time since the boot in hundredths of a second, as start times are told */
  constructor(private readonly ticks: () => number) {}

  get isAnyRunning(): boolean {
    return this.#running.size > 0;
  }

  began(callId: string, owner: string, sessionId: string): void {
    this.#running.set(callId, { owner, sessionId, begin: this.ticks(), end: Number.POSITIVE_INFINITY });
  }

  /** @returns whether it was one that ran */
  ended(callId: string): boolean {
    const shell = this.#running.get(callId);
    if (shell === undefined) return false;
    this.#running.delete(callId);
    this.#over.push({ ...shell, end: this.ticks() });
    if (this.#over.length > MOST_KEPT) this.#over.shift();
    return true;
  }

  /** The turn of a session is over, and with it every shell of it. */
  sessionEnded(sessionId: string): void {
    for (const [callId, shell] of this.#running) if (shell.sessionId === sessionId) this.ended(callId);
  }

  /** The agents whose shell ran at that time. */
  ownersAt(ticks: number): string[] {
    const then = [...this.#over, ...this.#running.values()].filter(
      ({ begin, end }) => begin - TOLERANCE_TICKS <= ticks && ticks <= end + TOLERANCE_TICKS,
    );
    return [...new Set(then.map(({ owner }) => owner))];
  }
}
