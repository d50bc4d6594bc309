import { expect } from "bun:test";
import { bash } from "../rig.ts";
import { onBothBackends } from "./on-both-backends.ts";

const contract = onBothBackends();

contract("in a folder without git, where the worktree is /, an agent runs in its parent's folder", async (on) => {
  on.plan("where", { calls: [bash("pwd")] }, (request) => ({ text: request.toolResults.join("").trim() }));
  const { collected } = await on.delegate([{ prompt: "where" }]);
  expect(collected).toEqual([expect.objectContaining({ status: "done", result: on.sandbox.project })]);
});

contract("a prompt of 1 MB reaches the model byte for byte, and is in no process's arguments", async (on) => {
  const secret = `needle-in-the-arguments-${on.backend}`;
  const line = `- "double" 'single' $(rm -rf /) \`id\` \\n \\ ünïcödé 🦉\t\u2028${secret}\r\n`;
  const prompt = `-p ${line.repeat(Math.ceil(1_000_000 / Buffer.byteLength(line)))}end`;
  expect(Buffer.byteLength(prompt)).toBeGreaterThan(1_000_000);
  let argumentsSeen = "";
  // Found by its first words, and compared here: a failure does not print it.
  on.otherwise((request) => {
    if (!request.prompt.startsWith("-p ")) return { text: "done" };
    // The agent is running now: whatever was passed as an argument can be seen.
    argumentsSeen = Bun.spawnSync(["ps", "-axww", "-o", "args="]).stdout.toString();
    return {
      text: request.prompt === prompt ? "read it all" : `another prompt, of ${request.prompt.length} characters`,
    };
  });
  const { collected } = await on.delegate([{ prompt }]);
  expect(collected).toEqual([expect.objectContaining({ status: "done", result: "read it all" })]);
  expect(argumentsSeen).toContain(on.backend === "process" ? "--format json" : "serve --hostname");
  expect(argumentsSeen).not.toContain(secret);
});

contract.once(
  "a result of 200 KB: the answer stays whole JSON under 40 000 bytes and names the file that has it all",
  async (on) => {
    // Each line says something else: a text that repeats itself would be stopped as a loop.
    const lines = Array.from({ length: 4600 }, (_, index) => `${index * 7919}: a "quoted" 🦉 and a backslash \\\n`);
    const long = lines.join("");
    expect(Buffer.byteLength(long)).toBeGreaterThan(200_000);
    on.plan("tell it all", { text: long });
    const { instanceId } = await on.start({ prompt: "tell it all" });
    on.plan("collect it", { calls: [{ tool: "bizar_collect", args: { instanceId } }] });
    const [collected] = (await on.ask("collect it")).answers("bizar_collect");
    expect(collected).toMatchObject({ status: "done", truncated: true });
    expect(long.startsWith(collected.result)).toBe(true);
    expect(collected.result.length).toBeGreaterThan(10_000);
    expect(await Bun.file(collected.resultPath).text()).toBe(long);
    // What the model was given, not what the database keeps.
    const given = on.requestsFor("collect it").at(-1)?.toolResults.at(-1) ?? "";
    expect(Buffer.byteLength(given)).toBeLessThan(40_000);
    expect(JSON.parse(given)).toEqual(collected);
  },
);
