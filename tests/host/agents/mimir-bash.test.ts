import type { Config } from "@opencode-ai/plugin";
import { expect, test } from "bun:test";
import { mimirBash } from "../../../src/host/agents/mimir-bash.ts";
import { provideAgents } from "../../../src/host/agents/provide-agents.ts";

/** What a session is told that asks for a line of bash, or for another tool. */
async function createRig(config: Config) {
  const hooks = mimirBash();
  await hooks.config(config);
  provideAgents(config);
  return {
    asks: async (agent: string) =>
      await hooks["chat.params"]({ sessionID: "ses_1", agent: "title", message: { agent } } as never, {} as never),
    refusal: async (args: unknown, tool = "bash") =>
      await hooks["tool.execute.before"]({ tool, sessionID: "ses_1", callID: "1" }, { args }).then(
        () => undefined,
        (error: Error) => error.message,
      ),
  };
}

test("the provided mimir runs lines of bash that only read", async () => {
  const { asks, refusal } = await createRig({});
  await asks("mimir");
  expect(await refusal({ command: "cd src && git log --pretty=%h | head" })).toBeUndefined();
  for (const args of [{ command: "{ cat a; } > b" }, { command: "> b" }, {}])
    expect(await refusal(args)).toContain("bash was refused: a rule of mimir's prevents you");
  expect(await refusal({ pattern: "x" }, "grep")).toBeUndefined();
});

test("others run what they are allowed to, also in a session in which mimir was at work", async () => {
  const { asks, refusal } = await createRig({});
  expect(await refusal({ command: "rm a" })).toBeUndefined();
  await asks("mimir");
  await asks("thor");
  expect(await refusal({ command: "rm a" })).toBeUndefined();
});

test("a mimir of the user's own runs what the user allows", async () => {
  const { asks, refusal } = await createRig({ agent: { mimir: { prompt: "Mine." } } });
  await asks("mimir");
  expect(await refusal({ command: "rm a" })).toBeUndefined();
});
