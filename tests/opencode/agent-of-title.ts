import { expect } from "bun:test";
import { join } from "node:path";
import type { Sandbox } from "../../scripts/scripted-host/sandbox.ts";
import { systemProcessTable } from "../../src/processes/process-table.ts";
import type { InstanceRecord } from "../../src/store/record.ts";

/** The process of the agent of a title. */
export async function pidOf(sandbox: Sandbox, title: string): Promise<number> {
  return (await recordOfTitle(sandbox, title))?.process?.pid ?? expect.unreachable("It has no process.");
}

/** What is in one's hands for a moment has the name of a record, and more behind it. */
const RECORDS = `bgr_${"[A-Z0-9]".repeat(26)}.json`;

export async function recordOfTitle({ stateDir }: Sandbox, title: string): Promise<InstanceRecord | undefined> {
  const folder = join(stateDir, "bg");
  const paths = await Array.fromAsync(new Bun.Glob(RECORDS).scan({ cwd: folder, absolute: true }));
  const records = await Promise.all(paths.map(async (path) => (await Bun.file(path).json()) as InstanceRecord));
  return records.find((record) => record.title === title);
}

/** One that has ended and that nobody has waited for runs no more. */
export function isRunning(pid: number): boolean {
  const found = systemProcessTable().find(pid);
  return found !== undefined && !found.isZombie;
}
