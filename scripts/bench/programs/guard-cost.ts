import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultGuard } from "../../scripted-host/guard-settings.ts";
import { countSyncCalls } from "./count-sync-calls.ts";
import { exampleCalls, type ExampleCall } from "./example-calls.ts";

// Run in a process of its own: tool calls go through the hooks of the real loop guard, whose state and log are in a
// temporary folder. What each call cost, in microseconds, what a
// plain digest of the same would, and each synchronous call of node:fs are printed as JSON.

const [, , kind = "", bytes = "", count = ""] = Bun.argv;
const SESSION = "ses_bench";
/** Small enough for several rotations of the log: nothing of them may be synchronous either. */
const ROTATION_BYTES = 16_384;
const WARM_UP = 200;
/** Longer than the guard's state waits before it is written. */
const SAVED_AFTER_MS = 1100;

const takeSyncCalls = await countSyncCalls();
const { createLoopGuard } = await import("../../../src/plugin/loop-guard.ts");
const folder = await mkdtemp(join(tmpdir(), "bizar-guard-"));
const settings = { ...defaultGuard(folder), logRotationBytes: ROTATION_BYTES };
const guard = createLoopGuard(settings, { worktree: "/project", report: complain });
try {
  for (const call of exampleCalls(kind, 1000, WARM_UP)) await costOf(call, "warm");
  const costs: number[] = [];
  const plain: number[] = [];
  for (const call of exampleCalls(kind, 1000, WARM_UP)) plainCost(call);
  for (const call of exampleCalls(kind, Number(bytes), Number(count))) {
    costs.push(await costOf(call, "call"));
    plain.push(plainCost(call));
  }
  await Bun.sleep(SAVED_AFTER_MS);
  await guard.flush();
  process.stdout.write(JSON.stringify({ costs, plain, syncCalls: takeSyncCalls() }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What the guard does from the announcement of a call to its end, in microseconds. */
async function costOf({ number, tool, args, state }: ExampleCall, prefix: string): Promise<number> {
  const callID = `${prefix}_${number}`;
  const ids = { id: `prt_${callID}`, callID, sessionID: SESSION, messageID: `msg_${callID}`, type: "tool", tool };
  const running = { ...ids, state: { status: "running", input: args, time: { start: 1 } } };
  const ended = { ...ids, state: { ...state, input: args, time: { start: 1, end: 2 } } };
  const answer = { title: "", output: "", metadata: {}, ...state };
  const start = performance.now();
  await tell(running);
  await guard.hooks["tool.execute.before"]({ tool, sessionID: SESSION, callID }, { args });
  // A tool that fails has no answer.
  if ("output" in state) await guard.hooks["tool.execute.after"]({ tool, sessionID: SESSION, callID, args }, answer);
  await tell(ended);
  const cost = (performance.now() - start) * 1000;
  // As between two calls of a session: what waits to be written gets its turn.
  await new Promise(setImmediate);
  return cost;
}

/** One `JSON.stringify` and SHA-256 of a call's arguments and result, in microseconds. */
function plainCost({ args, state }: ExampleCall): number {
  const start = performance.now();
  createHash("sha256")
    .update(JSON.stringify([args, state]))
    .digest("hex");
  return (performance.now() - start) * 1000;
}

async function tell(part: object): Promise<void> {
  const event = { type: "message.part.updated", properties: { part } };
  await guard.hooks.event({ event } as unknown as Parameters<typeof guard.hooks.event>[0]);
}

function complain(message: string): void {
  throw new Error(message);
}
