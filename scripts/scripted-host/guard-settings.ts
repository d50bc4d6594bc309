import { join } from "node:path";
import type { GuardSettings } from "../../src/guard/guard-settings.ts";

/** The loop guard as a default install has it, with its files in a folder of the caller's. */
export function defaultGuard(folder: string): GuardSettings {
  return {
    isEnabled: true,
    loopThresholdWarn: 5,
    loopThresholdEscalate: 8,
    loopThresholdBlock: 12,
    loopWindowSize: 10,
    loopExemptTools: [],
    sessionDir: join(folder, "sessions"),
    logDir: join(folder, "logs"),
    logRotationBytes: 10 * 1_048_576,
    logsDisabled: false,
  };
}
