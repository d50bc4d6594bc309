import { systemClock } from "../../src/lib/system-clock.ts";
import type { Clock, Timer } from "../../src/lib/clock.ts";

interface Alarm {
  readonly at: number;
  readonly run: () => void;
  timer: Timer;
}

/** A clock that runs as the real one does until it is hurried: then what it was asked for comes sooner, too. */
export class HurriedClock implements Clock {
  #speed = 1;
  #since = Date.now();
  #then = this.#since;
  readonly #alarms = new Set<Alarm>();

  now(): number {
    return this.#then + (Date.now() - this.#since) * this.#speed;
  }

  after(delayMs: number, run: () => void): Timer {
    const alarm: Alarm = { at: this.now() + delayMs, run, timer: { clear() {} } };
    this.#alarms.add(alarm);
    this.#set(alarm);
    return {
      clear: () => {
        this.#alarms.delete(alarm);
        alarm.timer.clear();
      },
    };
  }

  limit(limitMs: number, run: () => void, since = this.now()): Timer {
    return this.alarm(since + limitMs, run);
  }

  alarm(at: number, run: () => void): Timer {
    return this.after(Math.max(0, at - this.now()), run);
  }

  awakeSince(at: number): number {
    return this.now() - at;
  }

  /** From now on a second of this clock is over after 1 / speed seconds. */
  hurry(speed: number): void {
    this.#then = this.now();
    this.#since = Date.now();
    this.#speed = speed;
    for (const alarm of this.#alarms) {
      alarm.timer.clear();
      this.#set(alarm);
    }
  }

  #set(alarm: Alarm): void {
    alarm.timer = systemClock.after(Math.max(0, alarm.at - this.now()) / this.#speed, () => {
      this.#alarms.delete(alarm);
      alarm.run();
    });
  }
}
