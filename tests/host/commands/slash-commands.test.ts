import { describe, expect, test } from "bun:test";
import { AnsweredCommand } from "../../../src/opencode/command-answer.ts";
import { WritingSessions } from "../../../src/host/writing-sessions.ts";
import { readCall, slashCommandHooks } from "../../../src/host/commands/slash-commands.ts";

function createRig(
  given: {
    isRun?: boolean;
    hasScreen?: boolean;
    isOfAgent?: boolean;
    commands?: Record<string, { template: string }>;
  } = {},
) {
  const { isRun = false, hasScreen = false, isOfAgent = false, commands = {} } = given;
  const answered: string[] = [];
  const shown: unknown[][] = [];
  const logged: string[] = [];
  const onScreen: unknown[][] = [];
  const writing = new WritingSessions();
  const hooks = slashCommandHooks({
    async answer(name, text, tellUser) {
      answered.push(`${name}|${text}`);
      await tellUser?.("the secret");
      return "the answer";
    },
    show: async (...what) => void shown.push(what),
    showOnScreen: (...what) => hasScreen && onScreen.push(what) > 0,
    writing,
    isOfAgent: async () => isOfAgent,
    isOfRun: async () => isRun,
    log: (message) => void logged.push(message),
  });
  const config = { command: commands };
  const ready = hooks.config(config);
  return {
    ...{ answered, shown, onScreen, writing, logged, config, ready },
    command: async (name: string, text = "") => {
      await ready;
      const parts = [{ type: "text", text: "the template" }];
      const input = { command: name, sessionID: "ses_1", arguments: text };
      const thrown = await hooks["command.execute.before"](input, { parts: parts as never }).catch(
        (error: unknown) => error,
      );
      return { parts, thrown };
    },
    message: async (...parts: Record<string, unknown>[]) => {
      await ready;
      await hooks["chat.message"]({ sessionID: "ses_1" }, { message: {} as never, parts: parts as never });
      return parts[0]?.["text"];
    },
  };
}

describe("a slash command", () => {
  test("is registered with a description, and answered in the session; then it stops", async () => {
    const rig = createRig();
    const { thrown, parts } = await rig.command("plan", "list");
    expect(Object.keys(rig.config.command)).toEqual(["plan", "visual-plan", "bizar"]);
    expect(thrown).toBeInstanceOf(AnsweredCommand);
    expect(parts).toEqual([{ type: "text", text: "the template" }]);
    expect(rig.answered).toEqual(["plan|list"]);
    expect(rig.shown).toEqual([["ses_1", "the answer", { bizar: { command: "plan" } }]]);
  });

  test("is none in the template of another command; the user's next message is one again", async () => {
    const { command, message, answered } = createRig();
    await command("sneak");
    const text = "/plan status x approved";
    expect(await message({ type: "text", text })).toBe(text);
    expect(answered).toEqual([]);
    await message({ type: "text", text });
    expect(answered).toEqual(["plan|status x approved"]);
  });

  test("goes through the model in an opencode run", async () => {
    const { command, shown } = createRig({ isRun: true });
    const { thrown, parts } = await command("plan", "list");
    expect(thrown).toBeUndefined();
    expect(shown).toEqual([]);
    expect(parts).toHaveLength(1);
    expect(parts[0]?.text).toMatch(/^The user ran `\/plan list`[\s\S]*like a request:\n\n> the answer$/);
  });

  test("of somebody else passes, and so does the user's own of the same name, which the log tells once", async () => {
    const mine = { template: "mine" };
    const rig = createRig({ commands: { plan: mine } });
    for (const name of ["plan", "review"]) expect((await rig.command(name)).thrown).toBeUndefined();
    expect(await rig.message({ type: "text", text: "/plan list" })).toBe("/plan list");
    expect(rig.answered).toEqual([]);
    expect(rig.config.command["plan"]).toBe(mine);
    expect(rig.logged).toEqual([expect.stringContaining("/plan in the configuration already")]);
  });
});

describe("an ordinary message", () => {
  test("that is a command is answered through the model", async () => {
    const { message, answered, shown } = createRig();
    expect(await message({ type: "text", text: '/plan comment x "a b"' })).toEndWith("like a request:\n\n> the answer");
    expect(answered).toEqual(['plan|comment x "a b"']);
    // What the model may not read is shown beside.
    expect(shown).toEqual([["ses_1", "the secret", { bizar: { command: "plan" } }]]);
  });

  const untouched: [what: string, parts: Record<string, unknown>[]][] = [
    ["another command", [{ type: "text", text: "/foo bar" }]],
    ["a longer name", [{ type: "text", text: "/planning" }]],
    ["a command within a text", [{ type: "text", text: "what does /plan list do?" }]],
    ["a command with a file", [{ type: "text", text: "/plan list" }, { type: "file" }]],
    ["what the plugin has shown", [{ type: "text", text: "/plan list", ignored: true }]],
    ["what the host made", [{ type: "text", text: "/plan list", synthetic: true }]],
  ];
  for (const [what, parts] of untouched) {
    test(`passes: ${what}`, async () => {
      const { message, answered } = createRig();
      const [first] = structuredClone(parts);
      expect(await message(...parts)).toBe(first?.["text"] as string);
      expect(answered).toEqual([]);
    });
  }

  test("of an agent to its subagent is none of the user's", async () => {
    const { message, answered } = createRig({ isOfAgent: true });
    expect(await message({ type: "text", text: "/plan status x approved" })).toBe("/plan status x approved");
    expect(answered).toEqual([]);
  });
});

test("the words of opencode run are unwrapped there, and only there", () => {
  const text = String.raw`"/plan comment x \"a b\""`;
  expect(readCall(text, true)).toEqual({
    name: "plan",
    argumentText: 'comment x "a b"',
    line: '/plan comment x "a b"',
  });
  expect(readCall(text, false)).toBeUndefined();
});

test("where there is a screen, an answer is shown there and no message is put into the session", async () => {
  const rig = createRig({ hasScreen: true });
  const { thrown } = await rig.command("plan", "list");
  expect(thrown).toBeInstanceOf(AnsweredCommand);
  expect(rig.onScreen).toEqual([["ses_1", "plan", "the answer"]]);
  expect(rig.shown).toEqual([]);
});

function event(type: string, properties: object) {
  return { type, properties: { sessionID: "ses_1", ...properties } };
}

describe("without a screen an answer waits while the model writes", () => {
  const status = (type: string) => event("session.status", { status: { type } });
  const call = (status: string, callID = "c1") =>
    event("message.part.updated", { part: { type: "tool", sessionID: "ses_1", callID, state: { status } } });

  test.each([
    ["nothing is under way", [], 1],
    ["a text is written", [status("busy")], 0],
    ["a call is written", [status("busy"), call("pending")], 0],
    ["a call runs", [status("busy"), call("running")], 1],
    ["one of two calls runs", [status("busy"), call("running"), call("running", "c2"), call("completed")], 1],
    ["the call has ended", [status("busy"), call("running"), call("completed")], 0],
    ["the provider is waited for", [status("retry")], 0],
    ["another session is written", [event("session.status", { sessionID: "ses_2", status: { type: "busy" } })], 1],
    ["the turn is over", [status("busy"), status("idle")], 1],
  ] as const)("when %s", async (_what, events, shown) => {
    const rig = createRig();
    for (const each of events) rig.writing.event(each);
    expect((await rig.command("plan", "list")).thrown).toBeInstanceOf(AnsweredCommand);
    expect(rig.shown).toHaveLength(shown);
    rig.writing.event(status("idle"));
    await Bun.sleep(0);
    expect(rig.shown).toEqual([["ses_1", "the answer", { bizar: { command: "plan" } }]]);
  });

  test("a call that begins ends the wait as well", async () => {
    const rig = createRig();
    rig.writing.event(status("busy"));
    await rig.command("plan", "list");
    rig.writing.event(call("running"));
    await Bun.sleep(0);
    expect(rig.shown).toHaveLength(1);
  });
});
