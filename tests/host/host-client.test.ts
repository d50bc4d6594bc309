import { describe, expect, test } from "bun:test";
import { toTurns } from "../../src/host/host-client.ts";
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
