import { removeOld } from "../store/retention.ts";
import { hasRecordFile } from "../store/state-paths.ts";
import type { Command } from "./command.ts";
import { table } from "../text/table.ts";

/** `gc`: housekeeping now, as every start of an opencode does it. */
export const gc: Command = {
  usage: "gc [--dry-run]",
  summary: "Removes agents that ended more than 7 days ago with their results and logs, and other leftovers.",
  takesId: false,
  flags: { "dry-run": { short: "n", about: "only tells what would be removed" } },
  async run({ paths, records, workspace, identity, print, warn }, { values }) {
    const dryRun = values["dry-run"] === true;
    let problems = 0;
    const report = (message: string) => {
      problems += 1;
      warn(message);
    };
    const files = await removeOld({ paths, records, identity, dryRun, report, now: () => Date.now() });
    const swept = await workspace.sweep(async (id) => await hasRecordFile(paths, id), dryRun);
    for (const problem of swept.failed) report(problem);
    for (const folder of swept.removed) await print(`${folder}${dryRun ? " would be" : ""} removed\n`);
    if (files.length > 0) {
      const rows = files.map(({ why, bytes, path }) => [why, kilobytes(bytes), path]);
      await print(table(["WHY", "SIZE", "FILE"], rows));
    }
    const size = kilobytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
    await print(
      `${files.length} ${files.length === 1 ? "file" : "files"}, ${size}${dryRun ? " would be" : ""} removed\n`,
    );
    return problems === 0 ? 0 : 1;
  },
};

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
