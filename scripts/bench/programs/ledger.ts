import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ledgerHooks } from "../../../src/host/ledger-hooks.ts";

// Run in a process of its own: calls of tools go through the real hooks, on files of that many bytes, with a folder of
// changes that has known thousands of them. What each call waited, in milliseconds, is printed as JSON.

const [, , bytes = "", count = ""] = Bun.argv;
const WARM_UP = 20;
const KNOWN_FILES = 2000;

const folder = await mkdtemp(join(tmpdir(), "bizar-ledger-"));
const project = join(folder, "project");
const changes = join(folder, "changes");
const parts = {
  ...{ directory: project, folder: changes, recordDir: join(folder, "bg"), instanceOf: async () => undefined },
  report: (message: string) => {
    throw new Error(message);
  },
};
/** Two opencode processes that share a folder. */
const [own, other] = [ledgerHooks(parts), ledgerHooks(parts)];
const waits: Record<string, number[]> = {};
let calls = 0;

/** Has a call made, and returns how long it waited before and after its work. */
async function call(hooks: typeof own, tool: string, args: object, work: () => Promise<unknown>): Promise<number> {
  const named = { tool, sessionID: hooks === own ? "ses_own" : "ses_other", callID: `call_${++calls}` };
  const asked = performance.now();
  await hooks["tool.execute.before"](named, { args });
  const before = performance.now() - asked;
  await work();
  const done = performance.now();
  await hooks["tool.execute.after"]({ ...named, args }, { title: "", output: "", metadata: {} });
  return before + performance.now() - done;
}

function noteWait(what: string, round: number, wait: number): void {
  if (round >= WARM_UP) (waits[what] ??= []).push(wait);
}

try {
  await Promise.all([mkdir(project), mkdir(changes)]);
  for (let known = 0; known < KNOWN_FILES; known++) await writeFile(join(changes, `${known}.json`), "{}");
  for (let round = 0; round < Number(count) + WARM_UP; round++) {
    const filePath = join(project, `${round % 50}.txt`);
    const content = `${round}`.padEnd(Number(bytes), "x");
    const write = async () => await writeFile(filePath, content);
    // Unknown, and changed by the other one, by turns.
    await call(other, "write", { filePath, content }, write);
    noteWait("read", round, await call(own, "read", { filePath }, async () => undefined));
    noteWait("edit", round, await call(own, "edit", { filePath, oldString: "x", newString: "y" }, write));
    noteWait("write", round, await call(own, "write", { filePath, content }, write));
    const patchText = `*** Update File: ${filePath}\n@@\n-x\n+y`;
    noteWait("patch", round, await call(own, "apply_patch", { patchText }, write));
    await call(other, "read", { filePath }, async () => undefined);
    noteWait(
      "bash",
      round,
      await call(own, "bash", { command: "git status && git log --oneline | head -3" }, async () => undefined),
    );
  }
  process.stdout.write(JSON.stringify({ waits }));
} finally {
  await rm(folder, { recursive: true, force: true });
}
