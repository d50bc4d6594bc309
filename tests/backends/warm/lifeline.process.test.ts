import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { until } from "../../until.ts";

const FIXTURE = join(import.meta.dir, "../../fixtures/holds-a-lifeline.ts");

let held = 0;
afterEach(() => {
  if (lives(held)) process.kill(held, "SIGKILL");
});

function lives(pid: number): boolean {
  return systemProcessTable().find(pid)?.isZombie === false;
}

async function startHolder(marker: string) {
  const holder = Bun.spawn(["bun", FIXTURE, marker], { stdin: "pipe", stdout: "pipe" });
  const { value } = await holder.stdout.getReader().read();
  held = Number(new TextDecoder().decode(value));
  expect(lives(held)).toBe(true);
  await until("somebody holds the other end", () => treeMembers({ marker }).length === 1);
  return holder;
}

test("the group ends with a holder that is killed", async () => {
  const holder = await startHolder("wrm_lifeline_a");
  holder.kill("SIGKILL");
  await until("it is gone", () => !lives(held));
  await until("nobody holds the other end", () => treeMembers({ marker: "wrm_lifeline_a" }).length === 0);
});

test("the group lives on when it was let go, and nothing is left of the lifeline", async () => {
  const holder = await startHolder("wrm_lifeline_b");
  await holder.stdin.write("let go");
  await holder.stdin.flush();
  await until("nobody holds the other end", () => treeMembers({ marker: "wrm_lifeline_b" }).length === 0);
  holder.kill("SIGKILL");
  await holder.exited;
  expect(lives(held)).toBe(true);
});
