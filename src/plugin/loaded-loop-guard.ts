import { GuardedSessions } from "../guard/guarded-sessions.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { createLadder } from "../guard/ladder.ts";
import { guardHooks, type GuardHooksParts } from "../host/guard-hooks.ts";
import { GuardFileStore } from "../store/guard-file-store.ts";
import { ToolLog } from "../store/tool-log.ts";

export type LoopGuardParts = Pick<
  GuardHooksParts,
  "worktree" | "onGiveUp" | "onRepeatedText" | "isIntervention" | "noteFor"
> & {
  /** Told once of each file that cannot be written. */
  readonly report: (message: string) => void;
};

/** The loop guard of one process: the same in an ordinary opencode and inside a background agent. */
export interface LoopGuard {
  readonly hooks: ReturnType<typeof guardHooks>;
  /** Settles when everything that waits to be written is on disk. */
  flush(): Promise<void>;
}

/** Builds the loop guard with its edges. */
export function loadedLoopGuard(settings: GuardSettings, { report, ...parts }: LoopGuardParts): LoopGuard {
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
