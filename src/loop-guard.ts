import type { Hooks } from "@opencode-ai/plugin";
import { GuardedSessions } from "./guard/guarded-sessions.ts";
import type { GuardSettings } from "./guard/guard-settings.ts";
import { createLadder } from "./guard/ladder.ts";
import { guardHooks, type GuardHooksParts } from "./host/guard-hooks.ts";
import { GuardFileStore } from "./store/guard-file-store.ts";
import { ToolLog } from "./store/tool-log.ts";

type LoopGuardParts = Pick<GuardHooksParts, "worktree" | "onBlock" | "onRepeatedText" | "isIntervention"> & {
  /** Told once of each file that cannot be written. */
  readonly report: (message: string) => void;
};

/** The loop guard of one process: the same in an ordinary opencode and inside a background agent. */
export interface LoopGuard {
  readonly hooks: ReturnType<typeof guardHooks>;
  /** Settles when everything that waits to be written is on disk. */
  flush(): Promise<void>;
}

export function createLoopGuard(settings: GuardSettings, { report, ...parts }: LoopGuardParts): LoopGuard {
  const store = new GuardFileStore(settings.sessionDir, report);
  const log = new ToolLog(settings.logDir, settings.logRotationBytes, report);
  const hooks = guardHooks({
    ...parts,
    isEnabled: settings.isEnabled,
    exemptTools: settings.loopExemptTools,
    sessions: new GuardedSessions(createLadder(settings), store),
    log: (call) => {
      if (!settings.logsDisabled) log.write(call);
    },
  });
  return {
    hooks,
    async flush() {
      await Promise.all([store.flush(), log.flush()]);
    },
  };
}

/** The folder that paths are told from: the worktree, or the directory where there is none. */
export function worktreeOf({ worktree, directory }: { readonly worktree: string; readonly directory: string }): string {
  return worktree === "/" ? directory : worktree;
}

/** Both sides' hooks in one: those that both have run one after the other. */
export function withLoopGuard(hooks: Hooks, guard: LoopGuard): Hooks {
  return {
    ...guard.hooks,
    ...hooks,
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
