import { Admission, type AdmissionParts, type WaitsFor } from "./admission.ts";

/** Who asks for a place, and where. */
export interface Applicant {
  readonly instanceId: string;
  /** A place elsewhere, or {@link ANY_PLACE}; absent: this machine. */
  readonly on?: string | undefined;
  readonly isWarm: boolean;
}

/** Whichever of some places is free first. */
const ANY_PLACE = "any";

export interface AdmissionsParts extends AdmissionParts {
  /** How many run at once at a place elsewhere. */
  readonly slotsOf: (place: string) => number;
  /** The places that `any` may be now, where absent none; `known` is called when there may be others. */
  readonly anyOf?: (known: () => void) => readonly string[];
}

interface Roamer {
  readonly applicant: Applicant;
  readonly admit: () => void;
}

/** A waiting line for this machine, and one for each place elsewhere, whose agents take nothing of this machine. */
export class Admissions {
  readonly #here: Admission;
  readonly #elsewhere = new Map<string, Admission>();
  readonly #placeOf = new Map<string, string>();
  /** Those who take any place. */
  readonly #roamers: Roamer[] = [];
  #closed = false;

  constructor(private readonly parts: AdmissionsParts) {
    this.#here = new Admission(parts);
  }

  /** See {@link Admission.request}. */
  request(applicant: Applicant, admit: () => void): void {
    const { instanceId, on, isWarm } = applicant;
    if (on === ANY_PLACE) {
      const roamer = { applicant, admit };
      this.#roamers.push(roamer);
      this.#placeRoamers();
      if (this.#roamers.includes(roamer)) this.parts.onWait?.(instanceId, `a place on ${ANY_PLACE} server`);
      return;
    }
    if (on !== undefined) this.#placeOf.set(instanceId, on);
    this.#lineOf(on).request(instanceId, admit, isWarm);
  }

  release(instanceId: string): void {
    const index = this.#roamers.findIndex(({ applicant }) => applicant.instanceId === instanceId);
    if (index >= 0) this.#roamers.splice(index, 1);
    this.#of(instanceId).release(instanceId);
    this.#placeOf.delete(instanceId);
    this.#placeRoamers();
  }

  /** What has happened to one that was let in: `on` is the place elsewhere, where it is one. */
  admitted(instanceId: string): { type: "admitted"; at: number; on: string | undefined } {
    return { type: "admitted", at: this.parts.clock.now(), on: this.#placeOf.get(instanceId) };
  }

  position(instanceId: string): number | undefined {
    const index = this.#roamers.findIndex(({ applicant }) => applicant.instanceId === instanceId);
    return index >= 0 ? index + 1 : this.#of(instanceId).position(instanceId);
  }

  waitsFor(instanceId: string): WaitsFor | undefined {
    if (this.#roamers.some(({ applicant }) => applicant.instanceId === instanceId)) {
      const places = this.#anyOf().map((place) => `${place}: ${this.#lineOf(place).free} free`);
      return { what: `a place on ${ANY_PLACE} server`, detail: places.join(", ") || "none is known to be usable" };
    }
    const found = this.#of(instanceId).waitsFor(instanceId);
    const place = this.#placeOf.get(instanceId);
    return found === undefined || place === undefined ? found : { ...found, what: `${found.what} on ${place}` };
  }

  /** Whether so many wait there. */
  isFull(maxWaiting: number, on?: string): boolean {
    return on === ANY_PLACE ? this.#roamers.length >= maxWaiting : this.#lineOf(on).isFull(maxWaiting);
  }

  close(): void {
    this.#closed = true;
    for (const line of [this.#here, ...this.#elsewhere.values()]) line.close();
  }

  /** How many more may run at a place elsewhere. */
  free(on: string): number {
    return this.#lineOf(on).free;
  }

  /** Gives each roamer the place with the most room, as long as there is one that nobody else waits for. */
  #placeRoamers(): void {
    while (!this.#closed) {
      const place = this.#freest();
      const next = place === undefined ? undefined : this.#roamers.shift();
      if (place === undefined || next === undefined) break;
      this.request({ ...next.applicant, on: place }, next.admit);
    }
  }

  /** Of equal ones the first. */
  #freest(): string | undefined {
    if (this.#roamers.length === 0) return undefined;
    const room = this.#anyOf().map((place) => ({ place, free: this.#lineOf(place).free }));
    const [best] = room.filter(({ free }) => free > 0).toSorted((a, b) => b.free - a.free);
    return best?.place;
  }

  #anyOf(): readonly string[] {
    return this.parts.anyOf?.(() => this.#placeRoamers()) ?? [];
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
