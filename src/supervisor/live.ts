import type { WaitsFor } from "./admission.ts";
import type { Applicant } from "./admissions.ts";
import type { Instance } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import type { PolicyWatch } from "./policies/policy.ts";
import type { Timer } from "../lib/clock.ts";
import type { RunningTurn, TurnRequest } from "./ports.ts";

/** What an instance needs while it lives in this process. */
export interface Live {
  instance: Instance;
  run: RunningTurn | null;
  watches: PolicyWatch[];
  saveTimer: Timer | null;
  /** Each ends the wait for an answer of the user. */
  waits: Timer[];
  /** How often it has told the session that asked for it something in this run. */
  said: number;
  unsavedResult: string | undefined;
  readonly identified: PromiseWithResolvers<void>;
  settled: PromiseWithResolvers<void>;
  /** The last end was told to everybody, and no further turn waits. */
  isSettled: boolean;
  /** Its turn has ended, and what was told to it and not read has been taken back. */
  isReadBack: boolean;
  /** Another host has taken it over: what its turn still comes to is nothing to anybody here. */
  isDisowned: boolean;
  /** Somebody has asked for its end: what waits behind a turn that had come to its own end is ended as well. */
  stopAsked: Outcome | undefined;
}

/** A snapshot of an instance this supervisor holds. */
export interface LiveView {
  readonly instance: Instance;
  /** The place in the waiting line, 1 for the next. */
  readonly queuePosition: number | undefined;
  readonly waitsFor: WaitsFor | undefined;
  /** The whole result, where it could not be written to disk. */
  readonly unsavedResult: string | undefined;
}

/** As what it asks for a place; warm agents share one process. */
export function applicant({ instanceId, on, backend }: Instance): Applicant {
  return { instanceId, on, isWarm: backend === "warm" };
}

export function createLive(instance: Instance): Live {
  return {
    instance,
    run: null,
    watches: [],
    saveTimer: null,
    waits: [],
    said: 0,
    unsavedResult: undefined,
    identified: Promise.withResolvers(),
    settled: Promise.withResolvers(),
    isSettled: false,
    isReadBack: false,
    isDisowned: false,
    stopAsked: undefined,
  };
}

/** Clears whatever waits to be done about it. */
export function disposeTimers(live: Live): void {
  live.saveTimer?.clear();
  live.saveTimer = null;
  for (const wait of live.waits.splice(0)) wait.clear();
  for (const watch of live.watches) watch.dispose();
  live.watches = [];
}

/** Ends everything of its turn at once. Never throws. */
export function stopNow({ run, instance }: Live, report: (message: string, cause: unknown) => void): void {
  try {
    run?.stopNow();
  } catch (error) {
    report(`${instance.instanceId} was not stopped well.`, error);
  }
}

/** What an instance waits for at its place elsewhere; `undefined`: nothing. */
export function awaitsElsewhere({ on, place, state }: Instance): WaitsFor | undefined {
  if (on === undefined || state.status !== "pending" || state.isAwaited !== true) return undefined;
  const job = place?.job ?? null;
  return { what: on, detail: job === null ? "it has not begun there" : `job ${job} has not begun there` };
}

/** The turn that is to be run, for the backend. */
export function lastTurn(instance: Instance): TurnRequest {
  const { instanceId, agent, model, backend = "process", folder, parent, sessionId, definition, turns } = instance;
  const { kind = "initial", prompt = "" } = turns.at(-1) ?? {};
  const { logPath, allowed } = instance;
  const session = { parentSessionId: parent.sessionId, sessionId, definition, logPath, allowed };
  const where = { on: instance.on, directory: folder?.directory ?? instance.directory, folder };
  return { instanceId, agent, model, backend, ...where, ...session, kind, prompt };
}
