/** What is known of the plugin instances of this process. */
export interface LiveInstance {
  readonly directory: string;
  /** The file the plugin was loaded from, to tell the same plugin found twice. */
  readonly moduleUrl: string;
}

const LIVE_INSTANCES = Symbol.for("opencode-bizar.live-instances");

/** The live plugin instances of this process by token, also those of another copy of the plugin. */
export function liveInstances(): Map<string, LiveInstance> {
  const holder = globalThis as { [LIVE_INSTANCES]?: Map<string, LiveInstance> };
  return (holder[LIVE_INSTANCES] ??= new Map());
}
