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

test("what is put into a session keeps its agent and model, but for an agent that there is no more", async () => {
  const { host, fake } = createFakeHost();
  const model = { providerID: "scripted", modelID: "model" };
  for (const agent of ["odin", "dismissed"]) {
    fake.transcript = [userMessage({ agent, model })];
    await host.show("ses_1", "a text", {});
    for (const wake of [true, false]) await host.put("ses_1", { text: "a text", metadata: {}, wake, agent, model });
  }
  const chosen = fake.prompts.map((body) => {
    expect(body).toMatchObject({ model });
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
