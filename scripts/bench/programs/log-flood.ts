import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processBackend } from "../../../src/backends/process/process-backend.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { defaultGuard } from "../../scripted-host/guard-settings.ts";
import { LogFile } from "../../../src/store/log-file.ts";
import { judge } from "../../../src/supervisor/outcome.ts";

// Run in a process of its own: one agent floods its log, and what that took is printed as JSON. A small agent comes
// first, as in a host that has run for a while: what is loaded and compiled once is no growth.

const MEGABYTE = 1_000_000;
const LAPS = 100;
const FIRST_LAPS = 1;
const SAMPLE_MS = 100;
const ROTATION_BYTES = 10_485_760;
const collects = process.argv.includes("--collect");

const folder = await mkdtemp(join(tmpdir(), "bizar-flood-"));
try {
  await flood(FIRST_LAPS);
  process.stdout.write(JSON.stringify(await flood(LAPS)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function flood(laps: number) {
  const backend = processBackend({
    binary: await fakeOpencode(laps),
    identity: createIdentity(),
    onExit: "kill",
    skipPermissions: false,
    answers: { asks: false, waitMs: 0, give() {}, clear() {} },
    killGraceMs: 1000,
    guard: defaultGuard(folder),
    environment: process.env,
    transcripts: { read: async () => undefined },
    clock: systemClock,
    openLog: ({ instanceId }) => new LogFile(join(folder, `${instanceId}.log`), ROTATION_BYTES, complain),
  });
  const turn = {
    instanceId: "bgr_00000000000000000000000000",
    agent: "flood",
    model: { providerId: "none", modelId: "none" },
    prompt: "Go.",
    directory: folder,
    sessionId: null,
    kind: "initial" as const,
    backend: "process" as const,
    parentSessionId: "ses_parent",
  };
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let most = before;
  const sample = () => {
    if (collects) Bun.gc(true);
    most = Math.max(most, process.memoryUsage.rss());
  };
  const sampler = setInterval(sample, SAMPLE_MS);
  const start = performance.now();
  const observer = {
    spawned() {},
    sessionIdentified() {},
    prompted() {},
    startRepeated() {},
    progressed() {},
    mustStop() {},
    asked() {},
    toldParent() {},
    answeredElsewhere() {},
  };
  const { evidence } = await backend.start(turn, observer).ended;
  const seconds = (performance.now() - start) / 1000;
  sample();
  clearInterval(sampler);
  const { status, error } = judge(evidence);
  if (status !== "done") throw new Error(`The flood ended badly: ${error}`);
  return { megabytesPerSecond: (2 * laps) / seconds, growthMiB: (most - before) / 1_048_576 };
}

/** A program that prints events on stdout and lines on stderr, a megabyte of each in a lap, and ends well. */
async function fakeOpencode(laps: number): Promise<string> {
  const finish = event("step_finish", { reason: "stop", tokens: { input: 1, output: 1, reasoning: 0 }, cost: 0 });
  await writeFile(join(folder, "stdout"), repeat(events()));
  await writeFile(join(folder, "stderr"), repeat(errorLines()));
  await writeFile(join(folder, "finish"), finish);
  const program = join(folder, "opencode");
  const lap = "cat stdout; cat stderr >&2";
  await writeFile(
    program,
    `#!/bin/sh\ncat >/dev/null\ni=0\nwhile [ $i -lt ${laps} ]; do ${lap}; i=$((i+1)); done\ncat finish\n`,
  );
  await chmod(program, 0o700);
  return program;
}

/** Texts, and tool calls with a longer input, as an agent that edits files prints them. */
function events(): string {
  const input = { filePath: "/project/src/main.ts", content: "const answer = 42; // ✓\n".repeat(80) };
  const state = { status: "completed", title: "src/main.ts", input, time: { start: 1, end: 2 } };
  const text = event("text", { text: "Looking at the next file: it says “naïve”. 🔎\n".repeat(6) });
  return text + event("tool_use", { tool: "write", state });
}

function event(type: string, part: object): string {
  return `${JSON.stringify({ type, timestamp: 1_700_000_000_000, sessionID: "ses_flood", part })}\n`;
}

function errorLines(): string {
  const log = "timestamp=2026-01-01T00:00:00.000Z level=INFO run=1 message=loop session.id=ses_flood step=3\n";
  return `${log}warning: something was printed by a program that the agent runs\n`;
}

/** A megabyte of whole copies. */
function repeat(text: string): string {
  return text.repeat(Math.ceil(MEGABYTE / Buffer.byteLength(text)));
}

function complain(message: string): void {
  process.stderr.write(`${message}\n`);
}
