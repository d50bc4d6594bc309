import { dirname } from "node:path";
import type { InstanceRecord } from "../../src/store/record.ts";
import { recordPath, resultPath, statePaths } from "../../src/store/state-paths.ts";
import { readIfThere } from "./agent-watch.ts";
import { COMMAND } from "./arguments.ts";
import type { Narrator } from "./narrator.ts";
import { WRITTEN } from "./task.ts";

const LOG_LINES = 6;
const LOG_WIDTH = 150;

/** Shows what is left on disk: records, results, logs, and the file that thor wrote. */
export async function showFiles(
  narrator: Narrator,
  records: readonly InstanceRecord[],
  stateDir: string,
  written: string,
): Promise<void> {
  if (records.length > 0) narrator.heading("On disk");
  for (const { agent, instanceId, logPath } of records) {
    const paths = statePaths(stateDir, dirname(logPath));
    narrator.line(`${agent.padEnd(5)}  record  ${recordPath(paths, instanceId)}`);
    narrator.line(`       result  ${resultPath(paths, instanceId)}`);
    narrator.line(`       log     ${logPath}`);
  }
  for (const { agent, logPath } of records) {
    const lines = (await readIfThere(logPath)).split("\n").slice(0, -1);
    // opencode's own log is on stderr; what the agent says and does is on stdout.
    const telling = lines.filter((line) => line.startsWith("[stdout]"));
    if (telling.length === 0) continue;
    narrator.heading(`${agent}'s log, the end of ${lines.length} lines (follow one with: tail -F <log>)`);
    for (const line of telling.slice(-LOG_LINES)) narrator.line(cut(line));
  }
  if (written === "") return;
  narrator.heading(`${WRITTEN}, as thor wrote it`);
  for (const line of written.trimEnd().split("\n")) narrator.line(`| ${line}`);
}

/** The last words: whether it went well, what is kept, and how to go on. */
export function conclude(narrator: Narrator, problems: readonly string[], folder: string): void {
  if (problems.length === 0) {
    narrator.heading(`Both results came back, ${narrator.elapsedSeconds().toFixed(1)} s after the start.`);
  } else {
    narrator.heading("The demo failed:");
    for (const problem of problems) narrator.line(`- ${problem.replaceAll("\n", "\n    ")}`);
    console.log();
  }
  console.log(`The folder is kept until you remove it: ${folder}`);
  console.log(`With your own opencode configuration and model: ${COMMAND} --live`);
}

function cut(line: string): string {
  return line.length > LOG_WIDTH ? `${line.slice(0, LOG_WIDTH - 1)}…` : line;
}
