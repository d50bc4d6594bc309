import type { Telemetry } from "../../agent-role/telemetry-line.ts";

/** Whether the line to the server of a session is there, as far as the session has been told. */
export class LineAway {
  #until: number | null = null;
  #wasAway = false;
  #backAt = 0;

  /** Whether it has been away at all: of what the server did meanwhile nobody has heard. */
  get wasAway(): boolean {
    return this.#wasAway;
  }

  /**
   * It broke, and may come back until a time; `null`: it has, now.
   *
   * @returns what there is to tell of that
   */
  changed(until: number | null, now: number): string | undefined {
    const before = this.#until;
    this.#until = until;
    this.#wasAway ||= until !== null;
    if (until === null) this.#backAt = now;
    if ((before === null) === (until === null)) return undefined;
    return until === null
      ? "the line to the server is there again."
      : `the line to the server broke: ${inWords(until)}.`;
  }

  /** Of what a server does that cannot be reached nobody knows. */
  asSeen(report: Telemetry): Telemetry {
    // Nobody has heard anything meanwhile: that was no silence.
    if (this.#until === null) return { ...report, lastActivityAt: Math.max(report.lastActivityAt, this.#backAt) };
    const liveness = { ...report.liveness, phase: "away", thinkingSince: null } as const;
    return { ...report, activity: inWords(this.#until), liveness };
  }
}

function inWords(until: number): string {
  return `reconnecting until ${new Date(until).toISOString().slice(0, -5)}Z`;
}
