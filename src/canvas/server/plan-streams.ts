import type { Result, StoredPlan } from "../../plans/plan-store-port.ts";
import type { PlanEvent } from "../api.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import { withoutPaths } from "./answers.ts";
import { EventStream, toEvent } from "./event-stream.ts";

const HEARTBEAT_MS = 20_000;
const MOST_STREAMS_A_PLAN = 20;
const MOST_STREAMS = 100;

/** Calls back again and again. @returns what ends it */
export type Every = (intervalMs: number, callback: () => void) => () => void;

/** The pages that follow one plan. */
interface Followers {
  readonly streams: Set<EventStream>;
  readonly watch: { close(): void };
  /** The state that the watch told of last: what a page that comes later is shown at once. */
  latest: Uint8Array | null;
}

/** What keeps the open pages up to date: one watch a plan, for as long as a page follows it. */
export class PlanStreams {
  readonly #followers = new Map<string, Followers>();
  #endHeartbeat: (() => void) | null = null;
  readonly #plans: Pick<CanvasPlans, "folder" | "watch">;
  readonly #every: Every;

  constructor(plans: Pick<CanvasPlans, "folder" | "watch">, every: Every) {
    this.#plans = plans;
    this.#every = every;
  }

  /**
   * The plan as it is, at once, and then each time that it has changed.
   *
   * @returns `undefined` when too many are open
   */
  open(slug: string): ReadableStream<Uint8Array> | undefined {
    if (this.#count() >= MOST_STREAMS || this.viewers(slug) >= MOST_STREAMS_A_PLAN) return undefined;
    const followers = this.#followers.get(slug) ?? this.#follow(slug);
    const stream = new EventStream(() => this.#leave(slug, stream));
    followers.streams.add(stream);
    if (followers.latest !== null) stream.send(followers.latest);
    this.#endHeartbeat ??= this.#every(HEARTBEAT_MS, () => this.#beat());
    return stream.body;
  }

  /** How many pages follow the plan. */
  viewers(slug: string): number {
    return this.#followers.get(slug)?.streams.size ?? 0;
  }

  close(): void {
    for (const { streams, watch } of this.#followers.values()) {
      watch.close();
      for (const stream of streams) stream.end();
    }
    this.#followers.clear();
    this.#restWhenAlone();
  }

  #follow(slug: string): Followers {
    const streams = new Set<EventStream>();
    const changed = (now: Result<StoredPlan>) => {
      const event = toEvent(this.#eventOf(now));
      followers.latest = event;
      for (const stream of streams) stream.send(event);
    };
    const followers: Followers = { streams, latest: null, watch: { close() {} } };
    this.#followers.set(slug, followers);
    // The first call may come before `watch` returns.
    Object.assign(followers, { watch: this.#plans.watch(slug, changed) });
    return followers;
  }

  #eventOf(now: Result<StoredPlan>): PlanEvent {
    if (now.ok) return { type: "plan", stored: now.value };
    return { type: "problem", problem: withoutPaths(now.problem, this.#plans.folder) };
  }

  #leave(slug: string, stream: EventStream): void {
    const followers = this.#followers.get(slug);
    followers?.streams.delete(stream);
    if (followers?.streams.size !== 0) return;
    followers.watch.close();
    this.#followers.delete(slug);
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
