import type { AgentAtWork } from "../../plans/plan-store-port.ts";
import type { PlanEvent } from "../api.ts";
import type { CanvasPlans } from "../canvas-plans.ts";
import { withoutPaths } from "./answers.ts";
import { EventStream, toEvent } from "./event-stream.ts";

const HEARTBEAT_MS = 20_000;
const MOST_STREAMS_A_NAME = 20;
const MOST_STREAMS = 100;
/** How often to look who works on a plan that somebody has open. */
const AGENTS_MS = 2_000;

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

/** Who works on a plan. */
export type AgentsOf = (slug: string) => Promise<readonly AgentAtWork[]>;

/** Tells who works on a plan: at first where anybody does, and after each change. */
export function watchAgents(agentsOf: AgentsOf, every: Every): Watch<PlanEvent> {
  return (slug, changed) => {
    let told = "[]";
    const look = async (): Promise<void> => {
      // Who cannot be asked now is asked again in a moment.
      const agents = await agentsOf(slug).catch(() => undefined);
      const text = JSON.stringify(agents ?? []);
      if (agents === undefined || text === told) return;
      told = text;
      changed({ type: "agents", agents });
    };
    const close = every(AGENTS_MS, () => void look());
    void look();
    return { close };
  };
}

/** The pages that follow one thing. */
interface Followers {
  readonly streams: Set<EventStream>;
  readonly watch: { close(): void };
  /** The state that the watch told of last: what a page that comes later is shown at once. */
  latest: Uint8Array | null;
  /** The same of what is watched beside it. */
  latestBeside: Uint8Array | null;
}

/** What keeps open pages up to date: one watch for each thing that is shown, for as long as a page follows it. */
export class PageStreams<Event> {
  readonly #followers = new Map<string, Followers>();
  #endHeartbeat: (() => void) | null = null;
  readonly #watch: Watch<Event>;
  readonly #every: Every;
  readonly #beside: Watch<Event> | undefined;

  /** @param beside tells of something else about the same thing: the one is not in the place of the other */
  constructor(watch: Watch<Event>, every: Every, beside?: Watch<Event>) {
    this.#watch = watch;
    this.#every = every;
    this.#beside = beside;
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
    if (followers.latestBeside !== null) stream.send(followers.latestBeside, "beside");
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
    const changedBeside = (now: Event) => {
      const event = toEvent(now);
      followers.latestBeside = event;
      for (const stream of streams) stream.send(event, "beside");
    };
    const followers: Followers = { streams, latest: null, latestBeside: null, watch: { close() {} } };
    this.#followers.set(name, followers);
    // The first call may come before `watch` returns.
    const watches = [this.#watch(name, changed), this.#beside?.(name, changedBeside)];
    Object.assign(followers, { watch: { close: () => watches.forEach((watch) => watch?.close()) } });
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
