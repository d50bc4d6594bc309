import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoopGuard } from "../../../src/plugin/loop-guard.ts";
import { defaultGuard } from "../../scripted-host/guard-settings.ts";

// Run in a process of its own: a model's text goes through the hooks of the real loop guard in deltas of one token, as
// a model streams it. What each thousand of them cost, in milliseconds, is printed as JSON.

const [, , kind = "", count = ""] = Bun.argv;
const DELTAS = 1000;
const SESSION = "ses_bench";
const WORDS =
  `the a file test module parser reads writes and then which calls value option list of in that result because
  error path first other folder plugin session agent it again line number with from name type function café`.split(
    /\s+/,
  );

const folder = await mkdtemp(join(tmpdir(), "bizar-text-"));
const { hooks } = createLoopGuard(defaultGuard(folder), { worktree: "/project", report: complain });
try {
  await partStarted("warm");
  for (let lap = 0; lap < 5; lap++) await thousand("warm");
  await partStarted("text");
  const costs: number[] = [];
  for (let lap = 0; lap < Number(count); lap++) costs.push(await thousand("text"));
  process.stdout.write(JSON.stringify({ costs }));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function thousand(partID: string): Promise<number> {
  const deltas = Array.from({ length: DELTAS }, (_, index) => token(index));
  const start = performance.now();
  for (const delta of deltas) await tell("message.part.delta", { sessionID: SESSION, partID, field: "text", delta });
  return performance.now() - start;
}

/** Words at random, in sentences and paragraphs; or in one line without an end. */
function token(index: number): string {
  const word = WORDS[Math.floor(Math.random() * WORDS.length)] ?? "word";
  if (kind === "endless") return ` ${word}`;
  if (index % 90 === 89) return `.\n\n`;
  return index % 15 === 14 ? ". " : ` ${word}`;
}

async function partStarted(id: string): Promise<void> {
  const part = { id, sessionID: SESSION, messageID: "msg_bench", type: "text", text: "" };
  await tell("message.part.updated", { sessionID: SESSION, part });
}

async function tell(type: string, properties: object): Promise<void> {
  await hooks.event({ event: { type, properties } } as unknown as Parameters<typeof hooks.event>[0]);
}

function complain(message: string): void {
  throw new Error(message);
}
