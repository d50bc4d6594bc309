import { expect } from "bun:test";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "../../../scripts/scripted-host/sandbox.ts";
import { bash, resultOf, type Answer, type Step } from "../rig.ts";
import { onBothBackends, SMALL_MODEL, type OnBackend } from "./on-both-backends.ts";

const contract = onBothBackends({}, addPlugin);

/** A plugin of the user that leaves nothing of what others put into a message. */
async function addPlugin({ home }: Sandbox): Promise<void> {
  const folder = join(home, ".config/opencode/plugin");
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dir, "../../fixtures/plugins/replaces-parts.ts"), join(folder, "replaces-parts.ts"));
}

/** A step after which the small model has no room left. */
const full = { input: 9400, output: 100 };
const look = { text: "I look first.", calls: [bash("ls")], usage: full };
const tooLong = { status: 400, text: "prompt is too long: maximum context length is 10000 tokens" };
/** What opencode itself says in the session: its summary, which the scripted model gives, and its request to go on. */
const OF_THE_HOST = /A title|Continue if you have|previous request exceeded/;

/** What the model says once opencode has compacted the session and asks it to go on. */
function afterCompaction(on: OnBackend, ...steps: Step[]): void {
  let asked = 0;
  on.otherwise(({ prompt }) => {
    const step = OF_THE_HOST.test(prompt) ? steps[asked++] : undefined;
    return typeof step === "object" ? step : { text: "done" };
  });
}

/** The results of an agent in several scopes, asked for in one message. */
async function collect(on: OnBackend, instanceId: string, ...scopes: string[]): Promise<string[]> {
  const prompt = `collect ${instanceId} as ${scopes.join(", ")}`;
  on.plan(prompt, { calls: scopes.map((scope) => ({ tool: "bizar_collect", args: { instanceId, scope } })) });
  return (await on.ask(prompt)).answers("bizar_collect").map(({ result }: Answer) => result);
}

async function logOf(on: OnBackend, { instanceId }: Answer): Promise<string> {
  return await readFile(join(on.sandbox.stateDir, "logs", `${instanceId}.log`), "utf8");
}

contract(
  "of an agent whose session was compacted the result is its own last message, the turn all it said",
  async (on) => {
    const write = { tool: "write", args: { filePath: `${on.backend}.txt`, content: "x" } };
    on.plan("fill it", { ...look, calls: [...look.calls, write] });
    afterCompaction(on, { text: "FINAL" });
    const [collected] = (await on.delegate([{ prompt: "fill it", model: SMALL_MODEL }])).collected;
    expect(collected).toMatchObject({ status: "done", result: "FINAL", changedFiles: [`${on.backend}.txt`] });
    expect(collected).not.toHaveProperty("reason");
    const whole = "I look first.\n\nFINAL";
    expect(await resultOf(on, collected)).toBe(whole);
    expect(await collect(on, collected.instanceId, "last", "turn", "all")).toEqual(["FINAL", whole, whole]);
    const record = await on.record(collected.instanceId);
    expect([record.resultPreview, record.turns.length]).toEqual([whole, 1]);
    const texts = (await logOf(on, collected)).split("\n").flatMap((line) => / text {2}(.*)/.exec(line)?.[1] ?? []);
    expect(texts).toEqual(["I look first.", "FINAL"]);
  },
);

contract(
  "and what it says to a message after that is a turn of its own",
  async (on) => {
    on.plan("fill it, and wait", look);
    on.plan("and now?", { text: "SECOND" });
    afterCompaction(on, { text: "" });
    const [collected] = (await on.delegate([{ prompt: "fill it, and wait", model: SMALL_MODEL }])).collected;
    // Nothing was said after the compaction.
    expect(collected).toMatchObject({ status: "done", result: "I look first." });
    expect(collected).not.toHaveProperty("reason");
    const { instanceId } = collected;
    await on.call("bizar_send_message", { instanceId, prompt: "and now?" });
    expect(await collect(on, instanceId, "last", "turn", "all")).toEqual([
      ...["SECOND", "SECOND", "I look first.\n\nSECOND"],
    ]);
  },
  180_000,
);

contract(
  "a prompt that was too long for the provider, and that opencode got over, is no failure",
  async (on) => {
    on.plan("ask too much", { text: "I try.", calls: [bash("ls")] }, tooLong);
    afterCompaction(on, { text: "FINAL" });
    const [collected] = (await on.delegate([{ prompt: "ask too much", model: SMALL_MODEL }])).collected;
    expect(collected).toMatchObject({ status: "done", result: "FINAL" });
    expect(collected).not.toHaveProperty("error");
    expect(await collect(on, collected.instanceId, "turn")).toEqual(["I try.\n\nFINAL"]);
  },
  180_000,
);

contract("an agent whose session cannot be made shorter says so, with what it had", async (on) => {
  on.plan("never fits", { text: "I try.", calls: [bash("ls")] }, tooLong);
  on.otherwise(() => tooLong);
  const [collected] = (await on.delegate([{ prompt: "never fits", model: SMALL_MODEL }])).collected;
  expect(collected).toMatchObject({ status: "failed", reason: "context_exhausted", result: "I try." });
});

contract(
  "an agent whose prompt another plugin has put into parts of its own is heard, and found again",
  async (on) => {
    on.plan("do it as a stranger", { text: "Done." });
    on.plan("go on as a stranger", { text: "Went on." });
    const [collected] = (await on.delegate([{ prompt: "do it as a stranger" }])).collected;
    expect(collected).toMatchObject({ status: "done", result: "Done." });
    const { instanceId } = collected;
    await on.call("bizar_send_message", { instanceId, prompt: "go on as a stranger" });
    expect(await collect(on, instanceId, "last", "all")).toEqual(["Went on.", "Done.\n\nWent on."]);
  },
  180_000,
);
