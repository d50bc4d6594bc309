import { describe, expect, test } from "bun:test";
import { HostClient, toTurns } from "../../src/host/host-client.ts";
import type { TranscriptTurn } from "../../src/supervisor/ports.ts";
import { assistantMessage, createFakeHost, userMessage } from "./fake-client.ts";

const killed = { time: { created: 1 }, finish: null };

describe("the turns of a session", () => {
  const askedAt = 1;
  const cases: [what: string, messages: unknown[], turns: TranscriptTurn[]][] = [
    ["no messages", [], []],
    [
      "one question and its answer",
      [userMessage(), assistantMessage({}, "A.")],
      [{ askedAt, text: "A.", finished: true }],
    ],
    ["a question without an answer", [userMessage()], [{ askedAt, text: "", finished: false }]],
    [
      "several steps are one turn",
      [userMessage(), assistantMessage({ finish: "tool-calls" }, "A."), assistantMessage({}, "B.", "C.")],
      [{ askedAt, text: "A.\n\nB.\n\nC.", finished: true }],
    ],
    [
      "two turns",
      [userMessage(), assistantMessage({}, "A."), userMessage(), assistantMessage({}, "B.")],
      [
        { askedAt, text: "A.", finished: true },
        { askedAt, text: "B.", finished: true },
      ],
    ],
    ["one that was killed", [userMessage(), assistantMessage(killed, "A")], [{ askedAt, text: "A", finished: false }]],
    [
      "one that was left between two steps",
      [userMessage(), assistantMessage({ finish: "tool-calls" }, "A.")],
      [{ askedAt, text: "A.", finished: false }],
    ],
    [
      "one that was aborted",
      [userMessage(), assistantMessage({ error: { name: "MessageAbortedError" } }, "A.")],
      [{ askedAt, text: "A.", finished: false }],
    ],
    [
      "an answer cut by its length",
      [userMessage(), assistantMessage({ finish: "length" }, "A")],
      [{ askedAt, text: "A", finished: true }],
    ],
    ["an answer without a question", [assistantMessage({}, "A.")], []],
  ];
  for (const [what, messages, turns] of cases) {
    test(what, async () => {
      const { host, fake } = createFakeHost();
      fake.transcript = messages;
      expect(await host.read("ses_1")).toEqual(turns);
    });
  }

  test("only text is text: no reasoning, no tools", () => {
    const message = {
      info: { role: "assistant", finish: "stop", time: { completed: 2 } },
      parts: [
        { type: "reasoning", text: "Hm." },
        { type: "tool", text: null },
        { type: "text", text: "A." },
        { type: "text", text: "" },
      ],
    };
    expect(toTurns([{ info: { role: "user", time: {} }, parts: [] }, message])).toEqual([
      { text: "A.", finished: true },
    ]);
  });
});

test("an unknown session has no turns; that is not the same as a host that does not answer", async () => {
  const { host, fake } = createFakeHost();
  expect(await host.read("ses_unknown")).toBeUndefined();
  fake.transcript = new Error("connection refused");
  expect(await host.read("ses_1").catch(String)).toContain("connection refused");
});

test("what is put into a session keeps its agent, model and variant, but for an agent that there is no more", async () => {
  const { host, fake } = createFakeHost();
  const model = { providerID: "scripted", modelID: "model" };
  const variant = "high";
  for (const agent of ["odin", "dismissed"]) {
    fake.transcript = [userMessage({ agent, model: { ...model, variant } })];
    await host.show("ses_1", "a text", {});
    for (const wake of [true, false]) {
      await host.put("ses_1", { text: "a text", metadata: {}, wake, choice: { agent, model, variant } });
    }
  }
  const chosen = fake.prompts.map((body) => {
    expect(body).toMatchObject({ model, variant });
    return (body as { agent?: string }).agent;
  });
  expect(chosen).toEqual(["odin", "odin", "odin", undefined, undefined, undefined]);
  fake.agents = undefined;
  await host.show("ses_1", "a text", {});
  expect(fake.prompts.at(-1)).toMatchObject({ agent: "dismissed" });
});

test("a session that is not there has no parent; a host that does not answer is an error", async () => {
  const answers: Record<string, unknown> = {
    ses_child: { data: { parentID: "ses_parent" } },
    ses_parent: { data: {} },
    ses_gone: { error: { name: "NotFoundError" } },
    ses_broken: { error: { name: "UnknownError" } },
  };
  const session = { get: async ({ path }: { path: { id: string } }) => answers[path.id] };
  const client = new HostClient({ session } as never);
  expect(await client.parentOf("ses_child")).toBe("ses_parent");
  expect(await client.parentOf("ses_parent")).toBeUndefined();
  expect(await client.parentOf("ses_gone")).toBeUndefined();
  const failure = await client.parentOf("ses_broken").catch((error: Error) => error);
  expect(String(failure)).toContain("UnknownError");
});

describe("the session of an opencode run is told from others by what it denies:", () => {
  const denied = ["question", "plan_enter", "plan_exit"].map((permission) => ({
    ...{ permission, pattern: "*", action: "deny" },
  }));
  const sessions: readonly [what: string, session: Record<string, unknown>, isOfRun: boolean][] = [
    ["as a run makes it", { title: "New session", permission: denied }, true],
    [
      "with more that is denied",
      { permission: [{ permission: "bash", pattern: "rm *", action: "deny" }, ...denied] },
      true,
    ],
    ["as a user makes it", { title: "New session" }, false],
    ["that denies a question alone", { permission: denied.slice(0, 1) }, false],
    ["that allows", { permission: denied.map((rule) => ({ ...rule, action: "allow" })) }, false],
    ["of a native subagent", { permission: denied, parentID: "ses_parent" }, false],
    ["of a background agent", { permission: denied, title: "bgr:thor:bgr_01" }, false],
  ];
  for (const [what, session, isOfRun] of sessions) {
    test(what, async () => {
      const client = new HostClient({ session: { get: async () => ({ data: session }) } } as never);
      expect(await client.isOfRun("ses_1")).toBe(isOfRun);
    });
  }

  test("one that is not there is none", async () => {
    const session = { get: async () => ({ error: { name: "NotFoundError" } }) };
    expect(await new HostClient({ session } as never).isOfRun("ses_1")).toBe(false);
  });
});
