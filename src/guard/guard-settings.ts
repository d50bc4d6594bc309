import { isFlag, isNumber, isText, listOf, shape, type Checked } from "../lib/shape.ts";

/** What the loop guard needs to know; handed to each background agent, so that it guards as its supervisor does. */
export const isGuardSettings = shape({
  /** Calls are decided; otherwise they are only logged. */
  isEnabled: isFlag,
  loopThresholdWarn: isNumber,
  loopThresholdEscalate: isNumber,
  loopThresholdBlock: isNumber,
  loopWindowSize: isNumber,
  loopExemptTools: listOf(isText),
  /** Where the state of the sessions is kept. */
  sessionDir: isText,
  /** Where the tool logs of the sessions are written. */
  logDir: isText,
  logRotationBytes: isNumber,
  logsDisabled: isFlag,
});

export type GuardSettings = Checked<typeof isGuardSettings>;
