import { Admission, type AdmissionParts, type WaitsFor } from "./admission.ts";

/** Who asks for a place, and where. */
export interface Applicant {
  readonly instanceId: string;
  /** A place elsewhere; absent: this machine. */
  readonly on?: string | undefined;
  readonly isWarm: boolean;
}

export interface AdmissionsParts extends AdmissionParts {
  /** How many run at once at a place elsewhere. */
  readonly slotsOf: (place: string) => number;
}

/** A waiting line for this machine, and one for each place elsewhere, whose agents take nothing of this machine. */
export class Admissions {
  readonly #here: Admission;
  readonly #elsewhere = new Map<string, Admission>();
  readonly #placeOf = new Map<string, string>();

  constructor(private readonly parts: AdmissionsParts) {
    this.#here = new Admission(parts);
  }

  /** See {@link Admission.request}. */
  request({ instanceId, on, isWarm }: Applicant, admit: () => void): void {
    if (on !== undefined) this.#placeOf.set(instanceId, on);
    this.#lineOf(on).request(instanceId, admit, isWarm);
  }

  release(instanceId: string): void {
    this.#of(instanceId).release(instanceId);
    this.#placeOf.delete(instanceId);
  }

  position(instanceId: string): number | undefined {
    return this.#of(instanceId).position(instanceId);
  }

  waitsFor(instanceId: string): WaitsFor | undefined {
    const found = this.#of(instanceId).waitsFor(instanceId);
    const place = this.#placeOf.get(instanceId);
    return found === undefined || place === undefined ? found : { ...found, what: `${found.what} on ${place}` };
  }

  /** Whether so many wait there. */
  isFull(maxWaiting: number, on?: string): boolean {
    return this.#lineOf(on).isFull(maxWaiting);
  }

  close(): void {
    for (const line of [this.#here, ...this.#elsewhere.values()]) line.close();
  }

  /** How many more may run at a place elsewhere. */
  free(on: string): number {
    return this.#lineOf(on).free;
  }

  #of(instanceId: string): Admission {
    return this.#lineOf(this.#placeOf.get(instanceId));
  }

  #lineOf(on: string | undefined): Admission {
    if (on === undefined) return this.#here;
    const known = this.#elsewhere.get(on);
    if (known !== undefined) return known;
    const { slotsOf, clock, onWait } = this.parts;
    const told = (instanceId: string, what: string) => onWait?.(instanceId, `${what} on ${on}`);
    const line = new Admission({ limit: slotsOf(on), clock, onWait: told });
    this.#elsewhere.set(on, line);
    return line;
  }
}
