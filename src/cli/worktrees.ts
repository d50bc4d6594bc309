import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "./command.ts";
import { plainLine } from "../text/plain-text.ts";
import { table } from "../text/table.ts";

const LONGEST_PATH = 200;

/** `worktrees`: the folders of agents, with their size and what became of the work in them. */
export const worktrees: Command = {
  usage: "worktrees",
  summary: "The folders that agents have of their own: path, size, and what is to be decided.",
  takesId: false,
  flags: {},
  async run({ workspace, records, print, warn }) {
    const states = await workspace.list();
    const rows: string[][] = [];
    for (const state of states) {
      const { instanceId, status, copyGitDir, copy, result, original } = state;
      const record = await records.read(instanceId);
      const size = copyGitDir === null ? "-" : `${((await bytesOf(copy)) / 1_000_000).toFixed(1)} MB`;
      const at = copyGitDir === null && result !== null ? `refs/bizar/${instanceId}/result in ${original}` : copy;
      rows.push([instanceId, record?.status ?? "no record", status, size, plainLine(at, LONGEST_PATH)]);
    }
    if (rows.length === 0) warn("no agent has a folder of its own");
    else await print(table(["ID", "AGENT", "CHANGES", "SIZE", "PATH"], rows));
    return 0;
  },
};

async function bytesOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await bytesOf(path);
    else bytes += (await lstat(path).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
