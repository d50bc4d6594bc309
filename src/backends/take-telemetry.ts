import type { Telemetry } from "../agent-role/telemetry-line.ts";
import type { Progress } from "../supervisor/instance.ts";
import type { TurnObserver, TurnRequest } from "../supervisor/ports.ts";
import { joinRefused } from "../supervisor/deeds.ts";
import { renderToolStart } from "./log-lines.ts";
import type { LogSink } from "./log-sink.ts";
import { plainName } from "../text/plain-name.ts";

export interface TelemetryTakers {
  readonly turn: Pick<TurnRequest, "agent">;
  readonly observer: Pick<TurnObserver, "progressed" | "asked" | "toldParent" | "mustStop">;
  readonly log: LogSink;
}

/**
 * Hands a report of an agent's session on: tool starts to the log, the counts and what it does to the supervisor, and
 * what makes the turn worthless.
 */
export function takeTelemetry(
  telemetry: Telemetry,
  { turn, observer, log }: TelemetryTakers,
  textPreview: string | null,
): Progress {
  const ended = new Set(telemetry.tools.flatMap(({ call, state }) => (state === "started" ? [] : call)));
  for (const report of telemetry.tools) {
    // A call that is over already shows up as such by itself.
    if (report.state === "started" && !ended.has(report.call)) log.write("stdout", renderToolStart(report));
  }
  const { activity, toolCallCount, tokens, costUsd, lastActivityAt, liveness } = telemetry;
  const counts = { activity, toolCallCount, tokens, costUsd, lastActivityAt };
  const refused = joinRefused([], ...telemetry.refusals.map(({ call }) => call));
  const progress: Progress = { ...counts, voice: true, liveness, textPreview, refused, ...telemetry.deeds };
  for (const asked of telemetry.asked) observer.asked(asked);
  for (const said of telemetry.said) observer.toldParent(said);
  observer.progressed(progress);
  if (telemetry.loopGuard !== null) {
    const error = "The loop guard refused three calls in a row: the agent kept running into it.";
    observer.mustStop({ status: "failed", reason: "loop_guard", error, resultHeader: telemetry.loopGuard });
  }
  if (telemetry.agent !== null && telemetry.agent !== turn.agent) {
    const error = wrongAgent(turn.agent, `the session's messages name "${plainName(telemetry.agent)}"`);
    observer.mustStop({ status: "failed", reason: "wrong_agent", error });
  }
  return progress;
}

/** The words for a turn that another agent ran. */
export function wrongAgent(asked: string, seen: string): string {
  return `opencode ran another agent than "${plainName(asked)}": ${seen}. The run was ended.`;
}
