import type { InstanceRecord } from "../../src/store/record.ts";
import type { RunEnd } from "../scripted-host/opencode.ts";
import { readAnswers } from "./narrate-odin.ts";

/** Everything that tells whether the demo came to a good end. */
export interface DemoOutcome {
  readonly run: Pick<RunEnd, "exitCode" | "events" | "stderr">;
  readonly records: readonly InstanceRecord[];
  /** What thor's file holds; empty when it is not there. */
  readonly written: string;
  /** What it must hold; `null`: anything. */
  readonly expected: string | null;
}

/** What is not as it should be; empty when both results came back. */
export function problemsOf({ run, records, written, expected }: DemoOutcome): string[] {
  const problems: string[] = [];
  if (run.exitCode !== 0) problems.push(`opencode ended with code ${run.exitCode}: ${lastLines(run.stderr)}`);
  for (const agent of ["mimir", "thor"]) {
    const record = records.findLast((candidate) => candidate.agent === agent);
    if (record === undefined) problems.push(`${agent} was not started.`);
    else if (record.status !== "done") {
      problems.push(
        `${agent} is ${record.status} (${record.reason ?? "still at work"}): ${record.error ?? "no error"}`,
      );
    } else if (!collected(run, record)) problems.push(`odin did not collect what ${agent} found.`);
  }
  if (written.trim() === "") problems.push("thor's file is not there.");
  else if (expected !== null && written !== expected) problems.push("thor's file does not hold what was asked for.");
  return problems;
}

/** Whether a collect of odin's brought this agent's result back. */
function collected({ events }: DemoOutcome["run"], { instanceId }: InstanceRecord): boolean {
  const answers = events.flatMap(({ part }) =>
    part?.tool === "bizar_collect" && part.state?.status === "completed" ? readAnswers(part.state.output) : [],
  );
  return answers.some(({ instanceId: id, status, result }) => id === instanceId && status === "done" && result !== "");
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-5).join("\n") || "it left no explanation";
}
