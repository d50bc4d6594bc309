/** What is known of the plugin instances of this process: the one thing that is process-wide. */
export interface LiveInstance {
  readonly directory: string;
  /** The file the plugin was loaded from, to tell the same plugin found twice. */
  readonly moduleUrl: string;
  /** US dollars that its agents have cost so far. */
  readonly spentUsd?: () => number;
}

const LIVE_INSTANCES = Symbol.for("opencode-bizar.live-instances");

/** The live plugin instances of this process by token, also those of another copy of the plugin. */
export function liveInstances(): Map<string, LiveInstance> {
  const holder = globalThis as { [LIVE_INSTANCES]?: Map<string, LiveInstance> };
  return (holder[LIVE_INSTANCES] ??= new Map());
}
