import type { Instance, InstanceState, Place } from "./instance.ts";
import { replaceLast } from "./replace-last.ts";

/** What a place elsewhere tells of a turn. */
export type PlaceEvent =
  /** It was asked for there, and waits. */
  | { readonly type: "awaited"; readonly place: Place }
  /** It has begun there. */
  | { readonly type: "begun"; readonly at: number; readonly place: Place };

/** An instance that has its place, `on` elsewhere where it is one there. */
export function admittedAt(
  instance: Instance,
  { at, on = instance.on }: { readonly at: number; readonly on?: string | undefined },
): Instance {
  const state: InstanceState = { status: "pending", startedAt: at, process: null, ending: null };
  const turns = replaceLast(instance.turns, { startedAt: at });
  return { ...instance, on, state, turns, progress: { ...instance.progress, activity: "starting" } };
}

/** An instance whose turn was asked for at its place elsewhere, and waits there. */
export function awaitedAt(instance: Instance, place: Place): Instance {
  const { state, progress, on = "its place" } = instance;
  if (state.status === "queued") return instance;
  const waiting: InstanceState = state.status === "pending" ? { ...state, isAwaited: true } : state;
  return { ...instance, place, state: waiting, progress: { ...progress, activity: `waits for ${on}` } };
}

/** An instance with whose turn its place elsewhere has begun. */
export function begunAt(instance: Instance, { at, place }: { readonly at: number; readonly place: Place }): Instance {
  const { state, progress } = instance;
  if (state.status === "queued") return instance;
  const now: InstanceState = state.status === "pending" ? { ...state, startedAt: at, isAwaited: false } : state;
  return {
    ...instance,
    place,
    state: now,
    turns: replaceLast(instance.turns, { startedAt: at }),
    progress: { ...progress, activity: "starting", lastActivityAt: at },
  };
}
