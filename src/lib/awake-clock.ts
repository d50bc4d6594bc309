import type { BaseClock, Clock, Timer } from "./clock.ts";

/** A timer of the system comes within milliseconds, on a busy machine a little later; this much later, nobody ran. */
const LATE_MS = 1000;
/** How often it is looked whether this process runs, while a limit waits: what began before counts as well. */
const LOOK_MS = 1000;
/** A longer timer of the system's runs at once: a provider may ask for any delay. */
const LONGEST_TIMER_MS = 2_147_483_647;
/** A sleeping machine's timers stand still (Linux, macOS): how late an alarm is at most where nothing else is timed. */
const ALARM_SLICE_MS = 60_000;
const KEPT_STANDSTILLS = 256;

/** A stretch of time in which this process did not run. */
interface Standstill {
  readonly from: number;
  readonly until: number;
}

interface PendingLimit {
  readonly since: number;
  readonly limitMs: number;
  readonly run: () => void;
  timer: Timer | undefined;
}

interface Alarm {
  readonly at: number;
  readonly run: () => void;
  timer: Timer | undefined;
}

/**
 * A clock that notices when its own process stood still: was stopped, or slept with its machine. It looks now and then
 * while a limit waits, and has no timer otherwise.
 */
export function awakeClock(base: BaseClock): Clock {
  const awake = new Awake(base);
  return {
    now: () => base.now(),
    after: (delayMs, run) => base.after(delayMs, run),
    limit: (limitMs, run, since) => awake.limit(limitMs, run, since),
    alarm: (at, run) => awake.alarm(at, run),
    awakeSince: (at) => awake.since(at),
  };
}

class Awake {
  readonly #standstills: Standstill[] = [];
  readonly #limits = new Set<PendingLimit>();
  readonly #alarms = new Set<Alarm>();
  #look: Timer | undefined;
  /** When this process was last known to run; of no account while no look waits. */
  #seenAt = 0;

  constructor(private readonly base: BaseClock) {}

  limit(limitMs: number, run: () => void, since = this.base.now()): Timer {
    const limit: PendingLimit = { since, limitMs, run, timer: undefined };
    this.#seen();
    this.#limits.add(limit);
    this.#lookLater();
    this.#wait(limit);
    return { clear: () => this.#clear(limit) };
  }

  alarm(at: number, run: () => void): Timer {
    const alarm: Alarm = { at, run, timer: undefined };
    this.#alarms.add(alarm);
    this.#set(alarm);
    return {
      clear: () => {
        this.#alarms.delete(alarm);
        alarm.timer?.clear();
      },
    };
  }

  since(at: number): number {
    this.#seen();
    const lost = this.#standstills.map(({ from, until }) => Math.max(0, until - Math.max(from, at)));
    return this.base.now() - at - lost.reduce((sum, ms) => sum + ms, 0);
  }

  #wait(limit: PendingLimit): void {
    const now = this.base.now();
    const delayMs = Math.min(Math.max(0, this.#dueAt(limit) - now), LONGEST_TIMER_MS);
    limit.timer = this.base.after(delayMs, () => {
      this.#seen(now + delayMs);
      if (this.#dueAt(limit) > this.base.now()) {
        this.#wait(limit);
        return;
      }
      this.#clear(limit);
      limit.run();
    });
  }

  #clear(limit: PendingLimit): void {
    this.#seen();
    this.#limits.delete(limit);
    limit.timer?.clear();
    if (this.#limits.size > 0) return;
    this.#look?.clear();
    this.#look = undefined;
  }

  #dueAt({ since, limitMs }: PendingLimit): number {
    let at = since + limitMs;
    for (const { from, until } of this.#standstills) {
      if (since >= until) continue;
      at = at <= until ? until + limitMs : at + until - Math.max(from, since);
    }
    return at;
  }

  #lookLater(): void {
    if (this.#look !== undefined) return;
    this.#seenAt = this.base.now();
    this.#look = this.base.after(LOOK_MS, () => {
      this.#seen();
      this.#look = undefined;
      this.#lookLater();
    });
  }

  /** This process runs now; a timer that was due at this time runs only now. */
  #seen(due = Number.POSITIVE_INFINITY): void {
    const now = this.base.now();
    const before = this.#seenAt;
    this.#seenAt = now;
    if (this.#look !== undefined && now - before > LOOK_MS + LATE_MS) this.#stoodStill(before, now);
    else if (now - Math.max(due, before) > LATE_MS) this.#stoodStill(due, now);
  }

  #stoodStill(from: number, until: number): void {
    this.#standstills.push({ from, until });
    if (this.#standstills.length > KEPT_STANDSTILLS) this.#standstills.shift();
    for (const alarm of this.#alarms) this.#set(alarm);
  }

  #set(alarm: Alarm): void {
    alarm.timer?.clear();
    const leftMs = alarm.at - this.base.now();
    alarm.timer = this.base.after(Math.min(Math.max(0, leftMs), ALARM_SLICE_MS), () => {
      if (alarm.at > this.base.now()) {
        this.#set(alarm);
        return;
      }
      this.#alarms.delete(alarm);
      alarm.run();
    });
  }
}
