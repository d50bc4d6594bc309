import type { Hooks } from "../opencode/plugin-api.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { joinHooks } from "./join-hooks.ts";
import { once } from "../lib/once.ts";
import { BegunSessions } from "../opencode/begun-sessions.ts";
import { sessionOf } from "../opencode/session-events.ts";
import type { loadedLoopGuard, LoopGuard, LoopGuardParts } from "./loaded-loop-guard.ts";

/** So few events are no loop yet. A short answer is over by then. */
const MOST_WAITING = 64;

/**
 * A loop guard that is loaded when it has something to decide: opencode's start, and its first request to the model, wait
 * for what is loaded before. Of a session that begins here there is nothing to be read, so what happens in it waits until
 * a tool is called, or until there is more of it than a short answer.
 */
export function createLoopGuard(
  settings: GuardSettings,
  parts: LoopGuardParts,
  load: () => Promise<typeof loadedLoopGuard> = async () => (await import("./loaded-loop-guard.ts")).loadedLoopGuard,
): LoopGuard {
  let isAsked = false;
  const begun = new BegunSessions();
  const waiting: ((hooks: LoopGuard["hooks"]) => Promise<void>)[] = [];
  const loaded = once(async () => {
    isAsked = true;
    const guard = (await load())(settings, parts);
    // oxlint-disable-next-line eslint/no-await-in-loop -- in the order in which it happened
    for (const tell of waiting.splice(0)) await tell(guard.hooks);
    return guard;
  });
  const hooks = async () => (await loaded()).hooks;
  const tellSoon = async (sessionId: string | undefined, tell: (hooks: LoopGuard["hooks"]) => Promise<void>) => {
    const mayWait = sessionId !== undefined && begun.has(sessionId) && waiting.length < MOST_WAITING;
    if (isAsked || !mayWait) await tell(await hooks());
    else waiting.push(tell);
  };
  return {
    hooks: {
      async event(input) {
        begun.event(input.event);
        // Most events are none of a message.
        if (!input.event.type.startsWith("message.")) return;
        await tellSoon(sessionOf(input.event), async (guard) => await guard.event(input));
      },
      async "chat.message"(input, output) {
        await tellSoon(input.sessionID, async (guard) => await guard["chat.message"](input, output));
      },
      "tool.execute.before": async (input, output) => await (await hooks())["tool.execute.before"](input, output),
      "tool.execute.after": async (input, output) => await (await hooks())["tool.execute.after"](input, output),
      async "experimental.chat.system.transform"(input, output) {
        // As long as nothing of a session was to be decided there is nothing to nudge it about.
        if (!isAsked && input.sessionID !== undefined && begun.has(input.sessionID)) return;
        await (await hooks())["experimental.chat.system.transform"](input, output);
      },
    },
    async flush() {
      if (isAsked) await (await loaded()).flush();
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
