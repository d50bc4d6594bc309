import type { Hooks } from "../opencode/plugin-api.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { joinHooks } from "./join-hooks.ts";
import { once } from "../lib/once.ts";
import type { LoopGuard, LoopGuardParts } from "./loaded-loop-guard.ts";

/** A loop guard that is loaded when it first has something to do: opencode's start waits for what is loaded before. */
export function createLoopGuard(settings: GuardSettings, parts: LoopGuardParts): LoopGuard {
  let isLoaded = false;
  const loaded = once(async () => {
    isLoaded = true;
    return (await import("./loaded-loop-guard.ts")).loadedLoopGuard(settings, parts);
  });
  return {
    hooks: {
      async event(input) {
        // Most events are none of a message.
        if (input.event.type.startsWith("message.")) await (await loaded()).hooks.event(input);
      },
      "chat.message": async (input, output) => await (await loaded()).hooks["chat.message"](input, output),
      "tool.execute.before": async (input, output) =>
        await (await loaded()).hooks["tool.execute.before"](input, output),
      "tool.execute.after": async (input, output) => await (await loaded()).hooks["tool.execute.after"](input, output),
      "experimental.chat.system.transform": async (input, output) =>
        await (await loaded()).hooks["experimental.chat.system.transform"](input, output),
    },
    async flush() {
      if (isLoaded) await (await loaded()).flush();
    },
  };
}

/** Both sides' hooks in one: those that both have run one after the other, so that what the other side refuses counts. */
export function withLoopGuard(hooks: Hooks, guard: LoopGuard): Hooks {
  return {
    ...joinHooks(guard.hooks, hooks),
    async event(input) {
      await hooks.event?.(input);
      await guard.hooks.event(input);
    },
    async dispose() {
      await hooks.dispose?.();
      await guard.flush();
    },
  };
}
