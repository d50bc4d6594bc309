import { beforeEach, describe, expect, test } from "bun:test";
import type { RunEvent } from "../../../src/backends/run-event.ts";
import { SessionReader } from "../../../src/backends/warm/session-reader.ts";
import { readAnswer, type HostMessage } from "../../../src/opencode/answers.ts";

let seen: string[];
let reader: SessionReader;

beforeEach(() => {
  seen = [];
  const onEvent = (event: RunEvent, isOwn: boolean) => void seen.push(`${isOwn ? "" : "host: "}${say(event)}`);
  reader = new SessionReader({ sessionId: "ses_own", prompt: "msg_1", onEvent, now: () => 1000 });
});

function say(event: RunEvent): string {
  switch (event.type) {
    case "text":
    case "reasoning":
      return `${event.type} ${event.part.text}`;
    case "tool_use":
      return `${event.part.tool} ${event.part.state.status}`;
    case "step_finish":
      return `finish ${event.part.reason}`;
    case "error":
      return `error ${event.error.data?.message}`;
    case "step_start":
      return "start";
  }
}

const tokens = { input: 1, output: 1, reasoning: 0, cache: { read: 0, write: 0 } };
const prompt = (messageID = "msg_1") => ({ id: `prt_${messageID}`, messageID, type: "text", text: "do it" });
const text = (words: string, more: object = {}) => ({
  ...{ id: `prt_${words}`, messageID: "msg_2", type: "text", text: words, time: { start: 1, end: 2 } },
  ...more,
});
const call = (status: string, more: object = {}) => ({
  ...{ id: "prt_call", messageID: "msg_2", type: "tool", tool: "bash", callID: "call_1" },
  ...{ state: { status, input: {} }, ...more },
});
const finish = (reason: string) => ({ id: "prt_f", messageID: "msg_2", type: "step-finish", reason, tokens, cost: 0 });

function part(...parts: object[]): void {
  for (const each of parts)
    reader.event({ type: "message.part.updated", properties: { sessionID: "ses_own", part: each } });
}

function message(id: string, role: string, more: object = {}): void {
  reader.event({ type: "message.updated", properties: { sessionID: "ses_own", info: { id, role, ...more } } });
}

function begin(): void {
  message("msg_1", "user");
  part(prompt());
  message("msg_2", "assistant");
}

/** The same as the list of messages has it. */
const listed = (id: string, role: string, ...parts: object[]): HostMessage =>
  readAnswer("message", { info: { id, role }, parts }).value!;

describe("each part is told once", () => {
  test("by events, when it is whole, in their order", () => {
    begin();
    part(text("", { time: { start: 1 } }), text("hello"), text("hello"), call("pending"), call("running"));
    part(call("completed"), call("completed"), finish("stop"), finish("stop"));
    expect(seen).toEqual(["text hello", "bash completed", "finish stop"]);
  });

  test("by the list of messages, for what no event has told", () => {
    begin();
    part(text("hello"));
    reader.catchUp([listed("msg_1", "user", prompt()), listed("msg_2", "assistant", text("hello"), call("error"))]);
    reader.catchUp([listed("msg_1", "user", prompt()), listed("msg_2", "assistant", text("hello"), call("error"))]);
    part(call("error"));
    expect(seen).toEqual(["text hello", "bash error"]);
  });

  const withoutId = text("hello", { id: undefined });
  const orders: [what: string, tellings: object[]][] = [
    ["first without its id", [withoutId, text("hello")]],
    ["then without its id", [text("hello"), withoutId]],
    ["twice without its id, and with it", [withoutId, withoutId, text("hello"), text("hello")]],
  ];
  for (const [what, tellings] of orders) {
    test(`a text ${what}`, () => {
      begin();
      part(...tellings);
      expect(seen).toEqual(["text hello"]);
    });
  }

  test("a call without the id of its part", () => {
    begin();
    part(call("completed"), call("completed", { id: undefined }));
    expect(seen).toEqual(["bash completed"]);
  });

  test("but two texts of the same words are two", () => {
    begin();
    part(text("yes", { id: "prt_a" }), text("yes", { id: "prt_b" }));
    expect(seen).toEqual(["text yes", "text yes"]);
  });
});

test("what came before the turn's own prompt belongs to another turn, by events and by the list", () => {
  message("msg_0", "user");
  part(prompt("msg_0"));
  message("msg_01", "assistant");
  part(text("old", { messageID: "msg_01" }));
  expect(reader.hasBegun).toBe(false);
  begin();
  // The end of the earlier turn comes late.
  message("msg_01", "assistant", { error: { name: "MessageAbortedError", data: { message: "Aborted" } } });
  reader.catchUp([
    listed("msg_0", "user", prompt("msg_0")),
    listed("msg_01", "assistant", text("older", { messageID: "msg_01" })),
    listed("msg_1", "user", prompt()),
    listed("msg_2", "assistant", text("new")),
  ]);
  expect(seen).toEqual(["text new"]);
});

test("the user's own text is not the agent's", () => {
  begin();
  part({ ...prompt(), time: { start: 1, end: 2 } });
  expect(seen).toEqual([]);
});

test("tags that a user's plugin puts into texts are taken out", () => {
  begin();
  part(text("one<dcp-message-id>m0042</dcp-message-id> two"));
  expect(seen).toEqual(["text one two"]);
});

test("an error is told once, whether for the session, for its message, or with where it was thrown", () => {
  begin();
  const error = { name: "APIError", data: { message: "boom" } };
  reader.event({ type: "session.error", properties: { sessionID: "ses_own", error } });
  message("msg_2", "assistant", { error });
  const thrown = { name: "UnknownError", data: { message: "APIError: boom\n    at <anonymous> (chunk.js:1:1)" } };
  reader.event({ type: "session.error", properties: { sessionID: "ses_own", error: thrown } });
  expect(seen).toEqual(["error boom"]);
});

describe("a compaction", () => {
  const ended = { finish: "stop", time: { completed: 5 } };
  const compact = () => {
    message("msg_3", "user", { summary: { diffs: [] } });
    part({ id: "prt_3", messageID: "msg_3", type: "compaction", auto: true });
    message("msg_4", "assistant", { summary: true });
    part(text("SUMMARY", { messageID: "msg_4" }));
    message("msg_4", "assistant", { summary: true, ...ended });
  };

  test("is told, and as the host's", () => {
    begin();
    part(text("I look."));
    compact();
    message("msg_5", "user");
    part({ ...text("Continue."), messageID: "msg_5", synthetic: true });
    message("msg_6", "assistant");
    part(text("FINAL", { messageID: "msg_6" }));
    expect(seen).toEqual(["text I look.", "host: text SUMMARY", "text FINAL"]);
  });

  test("ends no turn: the agent is asked to go on", () => {
    begin();
    message("msg_2", "assistant", ended);
    expect(reader.isComplete).toBe(true);
    message("msg_3", "user");
    part({ id: "prt_3", messageID: "msg_3", type: "compaction", auto: true });
    expect(reader.isComplete).toBe(false);
    compact();
    expect(reader.isComplete).toBe(false);
    message("msg_6", "assistant", ended);
    expect(reader.isComplete).toBe(true);
    // What it has changed is told once more.
    message("msg_4", "assistant", { summary: true, ...ended });
    expect(reader.isComplete).toBe(true);
  });

  test("that failed is an error of the turn", () => {
    begin();
    message("msg_4", "assistant", { summary: true, error: { name: "APIError", data: { message: "boom" } } });
    expect(seen).toEqual(["error boom"]);
  });
});

test("the prompt is known by its id, whatever has become of its parts", () => {
  message("msg_1", "user");
  expect(reader.hasBegun).toBe(true);
  message("msg_2", "assistant");
  part(text("hello"));
  expect(seen).toEqual(["text hello"]);
});

describe("the turn is complete", () => {
  test("when its last message is, and the model has come to its end", () => {
    begin();
    const steps: [more: object, isComplete: boolean][] = [
      [{}, false],
      [{ finish: "tool-calls", time: { completed: 5 } }, false],
      [{ finish: "stop", time: {} }, false],
      [{ finish: "stop", time: { completed: 5 } }, true],
    ];
    for (const [more, isComplete] of steps) {
      message("msg_2", "assistant", more);
      expect(reader.isComplete).toBe(isComplete);
    }
  });

  test("not when a further message has begun, nor after an error", () => {
    begin();
    message("msg_2", "assistant", { finish: "stop", time: { completed: 5 } });
    message("msg_3", "assistant", { time: {} });
    expect(reader.isComplete).toBe(false);
    message("msg_3", "assistant", { finish: "stop", time: { completed: 6 } });
    reader.event({ type: "session.error", properties: { error: { name: "X" } } });
    expect(reader.isComplete).toBe(false);
  });
});

test("what comes late of a message from before the prompt is of an earlier turn", () => {
  const events = [
    ...["msg_0", "msg_1", "msg_2"].map((messageID) => ({
      type: "message.part.updated",
      properties: { part: call("error", { messageID }) },
    })),
    ...["msg_0", "msg_2"].map((id) => ({ type: "message.updated", properties: { info: { id, role: "assistant" } } })),
    { type: "session.idle", properties: {} },
  ];
  expect(events.map((event) => reader.isOfEarlierTurn(event))).toEqual([true, false, false, true, false, false]);
});
