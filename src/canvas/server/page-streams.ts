import type { PlanEvent } from "../api.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import { withoutPaths } from "./answers.ts";
import { EventStream, toEvent } from "./event-stream.ts";

const HEARTBEAT_MS = 20_000;
const MOST_STREAMS_A_NAME = 20;
const MOST_STREAMS = 100;

/** Calls back again and again. @returns what ends it */
export type Every = (intervalMs: number, callback: () => void) => () => void;

/** Tells of a thing as it is, and then each time that it has changed, until it is closed. */
export type Watch<Event> = (name: string, changed: (now: Event) => void) => { close(): void };

/** Watches plans for their pages. */
export function watchPlans(plans: Pick<CanvasPlans, "folder" | "watch">): Watch<PlanEvent> {
  return (slug, changed) =>
    plans.watch(slug, (now) =>
      changed(
        now.ok
          ? { type: "plan", stored: now.value }
          : { type: "problem", problem: withoutPaths(now.problem, plans.folder) },
      ),
    );
}

/** The pages that follow one thing. */
interface Followers {
  readonly streams: Set<EventStream>;
  readonly watch: { close(): void };
  /** The state that the watch told of last: what a page that comes later is shown at once. */
  latest: Uint8Array | null;
}

/** What keeps open pages up to date: one watch for each thing that is shown, for as long as a page follows it. */
export class PageStreams<Event> {
  readonly #followers = new Map<string, Followers>();
  #endHeartbeat: (() => void) | null = null;
  readonly #watch: Watch<Event>;
  readonly #every: Every;

  constructor(watch: Watch<Event>, every: Every) {
    this.#watch = watch;
    this.#every = every;
  }

  /**
   * The thing as it is, at once, and then each time that it has changed.
   *
   * @returns `undefined` when too many are open
   */
  open(name: string): ReadableStream<Uint8Array> | undefined {
    if (this.#count() >= MOST_STREAMS || this.viewers(name) >= MOST_STREAMS_A_NAME) return undefined;
    const followers = this.#followers.get(name) ?? this.#follow(name);
    const stream = new EventStream(() => this.#leave(name, stream));
    followers.streams.add(stream);
    if (followers.latest !== null) stream.send(followers.latest);
    this.#endHeartbeat ??= this.#every(HEARTBEAT_MS, () => this.#beat());
    return stream.body;
  }

  /** How many pages follow it. */
  viewers(name: string): number {
    return this.#followers.get(name)?.streams.size ?? 0;
  }

  close(): void {
    for (const { streams, watch } of this.#followers.values()) {
      watch.close();
      for (const stream of streams) stream.end();
    }
    this.#followers.clear();
    this.#restWhenAlone();
  }

  #follow(name: string): Followers {
    const streams = new Set<EventStream>();
    const changed = (now: Event) => {
      const event = toEvent(now);
      followers.latest = event;
      for (const stream of streams) stream.send(event);
    };
    const followers: Followers = { streams, latest: null, watch: { close() {} } };
    this.#followers.set(name, followers);
    // The first call may come before `watch` returns.
    Object.assign(followers, { watch: this.#watch(name, changed) });
    return followers;
  }

  #leave(name: string, stream: EventStream): void {
    const followers = this.#followers.get(name);
    followers?.streams.delete(stream);
    if (followers?.streams.size !== 0) return;
    followers.watch.close();
    this.#followers.delete(name);
    this.#restWhenAlone();
  }

  #restWhenAlone(): void {
    if (this.#followers.size > 0) return;
    this.#endHeartbeat?.();
    this.#endHeartbeat = null;
  }

  #beat(): void {
    for (const { streams } of this.#followers.values()) for (const stream of streams) stream.beat();
  }

  #count(): number {
    return [...this.#followers.values()].reduce((sum, { streams }) => sum + streams.size, 0);
  }
}
