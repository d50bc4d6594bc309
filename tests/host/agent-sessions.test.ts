import { expect, test } from "bun:test";
import { agentSessionHooks } from "../../src/host/agent-sessions.ts";
import { AnsweredCommand } from "../../src/opencode/command-answer.ts";
import { toListed, toRecord } from "../../src/store/record.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";

const supervisor = { pid: 1, startTime: "1", bootId: "b", token: "T" };
const agent = toListed(toRecord(sampleInstance("running"), { supervisor, onExit: "kill", logPath: "/x.log" }));

async function written(parts: readonly object[], { isAtWork = true, error = "" } = {}) {
  const given: string[] = [];
  const told: string[] = [];
  const hooks = agentSessionHooks({
    agentIn: async (sessionId) => (isAtWork && sessionId === "ses_agent" ? agent : undefined),
    async give(_agent, words) {
      given.push(words);
      return error === "" ? { ok: true, outcome: "accepted" } : { ok: false, error };
    },
    tell: ({ title, message, variant }) => void told.push(`${variant} ${title}: ${message}`),
  });
  const call = { sessionID: "ses_agent" };
  const thrown = await hooks["chat.message"](call, { message: {} as never, parts: parts as never }).catch(
    (cause: unknown) => cause,
  );
  return { given, told, thrown };
}

test("what the user writes into the session of an agent at work is a message to it, and begins no turn here", async () => {
  const { given, told, thrown } = await written([{ type: "text", text: "look at the lexer" }]);
  expect(given).toEqual(["look at the lexer"]);
  expect(told[0]).toStartWith("info A message to mimir: It works in this session");
  expect(thrown).toBeInstanceOf(AnsweredCommand);
});

test.each([
  [
    "a file",
    [
      { type: "text", text: "see" },
      { type: "file", url: "file:///x" },
    ],
  ],
  ["another agent", [{ type: "agent", name: "thor" }]],
  ["nothing", [{ type: "text", text: "  " }]],
])("%s is refused with a word, and begins no turn either", async (_what, parts) => {
  const { given, told, thrown } = await written(parts);
  expect([given, thrown instanceof AnsweredCommand]).toEqual([[], true]);
  expect(told[0]).toStartWith("warning mimir has not got it: While it works it can be given words alone");
});

test("why an agent has not got it is told", async () => {
  const { told, thrown } = await written([{ type: "text", text: "x" }], { error: "Its opencode is gone." });
  expect(told).toEqual(["warning mimir has not got it: Its opencode is gone."]);
  expect(thrown).toBeInstanceOf(AnsweredCommand);
});

test("what the plugin puts there itself passes, and so does all where no agent works", async () => {
  const own = await written([{ type: "text", text: "x", metadata: { bizar: { call: "review" } } }]);
  const ended = await written([{ type: "text", text: "x" }], { isAtWork: false });
  for (const { given, told, thrown } of [own, ended]) expect([given, told, thrown]).toEqual([[], [], undefined]);
});

test("where nobody can tell who works there, what the user writes gets through", async () => {
  const hooks = agentSessionHooks({
    agentIn: async () => await Promise.reject(new Error("ENOTDIR")),
    give: async () => expect.unreachable(),
    tell: () => expect.unreachable(),
  });
  const parts = [{ type: "text", text: "go on" }];
  await hooks["chat.message"]({ sessionID: "ses_agent" }, { message: {} as never, parts: parts as never });
  expect(parts).toEqual([{ type: "text", text: "go on" }]);
});
