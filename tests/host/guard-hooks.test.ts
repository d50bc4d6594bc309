import { describe, expect, test } from "bun:test";
import { GuardedHost, MemoryStore, REAL_STEP, SESSION, type HostCall } from "../guard/guarded-host.ts";

let steps = 0;

function newCall(given: Partial<HostCall> = {}): HostCall {
  const number = ++steps;
  return { callID: `call_${number}`, messageID: `msg_${number}`, tool: "read", args: { filePath: "a" }, ...given };
}

/** One call from its announcement to its end; returns the error of a refused one. */
async function make(host: GuardedHost, given: Partial<HostCall> = {}, output = "text"): Promise<string | undefined> {
  const call = newCall(given);
  await host.announce(call);
  const refused = await host.ask(call);
  if (refused === undefined) await host.running(call);
  await host.ended(call, refused === undefined ? { output } : { error: refused });
  return refused;
}

async function makeTimes(count: number, host: GuardedHost, given: Partial<HostCall> = {}): Promise<number> {
  let refused = 0;
  for (let index = 0; index < count; index++) if ((await make(host, given)) !== undefined) refused++;
  return refused;
}

/** A call that fails; returns whether it was refused. */
async function makeFailing(host: GuardedHost, given: Partial<HostCall> = {}): Promise<boolean> {
  const call = newCall(given);
  await host.announce(call);
  const refused = await host.ask(call);
  if (refused === undefined) await host.running(call);
  await host.ended(call, { error: refused ?? "File not found: a" });
  return refused !== undefined;
}

async function failTimes(count: number, host: GuardedHost): Promise<void> {
  for (let index = 0; index < count; index++) await makeFailing(host);
}

/** The answer of the call that is made after `count` equal ones, as the model reads it. */
async function answerAfter(count: number, host: GuardedHost, answer: object): Promise<string> {
  await makeTimes(count, host);
  const call = newCall();
  await host.announce(call);
  await host.ask(call);
  return await host.ended(call, { output: "text" }, answer);
}

const NUDGE = "[loop guard: 3 identical calls to read] ";

describe("a nudge after an answer", () => {
  test("stands below that answer, and in no request", async () => {
    const host = new GuardedHost();
    const answer = await answerAfter(2, host, {});
    expect(answer).toStartWith(`text\n\n${NUDGE}`);
    expect(await host.request()).toEqual([]);
  });

  test("is no news: the next answer is the same as the ones before", async () => {
    const host = new GuardedHost();
    await makeTimes(4, host);
    expect(await make(host)).toStartWith("Loop protection: 4 identical calls to read.");
  });

  test("is not said of a call that brought something new", async () => {
    const host = new GuardedHost();
    expect(await answerAfter(2, host, { output: "another text" })).toBe("another text");
    expect(await host.request()).toEqual([]);
  });

  test("is said once in a step", async () => {
    const host = new GuardedHost();
    await makeTimes(2, host);
    const calls = Array.from({ length: 3 }, () => newCall({ messageID: "msg_same" }));
    for (const call of calls) await host.announce(call);
    for (const call of calls) await host.ask(call);
    const answers: string[] = [];
    for (const call of calls) answers.push(await host.ended(call, { output: "text" }));
    expect(answers.map((answer) => answer.includes(NUDGE))).toEqual([true, false, false]);
    expect(await host.request()).toEqual([]);
  });

  test("is a system message where the answer lost it on its way", async () => {
    const host = new GuardedHost();
    await makeTimes(2, host);
    const call = newCall();
    await host.announce(call);
    await host.ask(call);
    await host.ended(call, { output: "text" }, {}, () => "text");
    expect(await host.request()).toEqual([expect.stringContaining(NUDGE)]);
  });

  test("is found below what another plugin made of the answer, which is what counts", async () => {
    const host = new GuardedHost();
    for (let index = 0; index < 8; index++) {
      const call = newCall();
      await host.announce(call);
      expect(await host.ask(call)).toBeUndefined();
      await host.ended(call, { output: "text" }, {}, (output) => `${output}\n${index} unread messages`);
    }
  });

  test("stands at the end of what an MCP server's tool answers", async () => {
    const host = new GuardedHost();
    for (let index = 1; index <= 8; index++) {
      const call = newCall({ tool: "mcp_key", args: { key: "Down" } });
      await host.announce(call);
      expect(await host.ask(call)).toBeUndefined();
      const answer = await host.endedByServer(call, [{ type: "text", text: "Pressed." }]);
      expect(answer.includes("[loop guard: 8 identical calls to mcp_key]")).toBe(index === 8);
    }
    expect(await host.request()).toEqual([]);
  });
});

describe("a nudge after a failed call", () => {
  test("is one more system text of the next request, and of no other", async () => {
    const host = new GuardedHost();
    await failTimes(3, host);
    expect(await host.request("ses_other")).toEqual([]);
    const [nudge, ...more] = await host.request();
    expect(nudge).toStartWith(NUDGE);
    expect(more).toEqual([]);
    await host.stepStarted();
    expect(await host.request()).toEqual([]);
  });

  test("is asked for again when the provider refuses the request", async () => {
    const host = new GuardedHost();
    await failTimes(3, host);
    const first = await host.request();
    await host.event("session.status", { sessionID: "ses_main", status: { type: "retry", attempt: 1, next: 5 } });
    expect(await host.request()).toEqual(first);
  });

  const sideRequests: [what: string, first: string][] = [
    ["title", "You are a title generator. You output ONLY a thread title."],
    ["compaction", "You are a context summarization agent."],
    ["summary", "Summarize what was done in this conversation. Write like a pull request."],
  ];
  for (const [what, first] of sideRequests) {
    test(`is not for the ${what} request`, async () => {
      const host = new GuardedHost();
      await failTimes(3, host);
      expect(await host.request(undefined, first)).toEqual([]);
      expect((await host.request(undefined, REAL_STEP)).length).toBe(1);
    });
  }

  test("is for an agent of the user's that summarises, too", async () => {
    const host = new GuardedHost();
    await failTimes(3, host);
    expect((await host.request(undefined, "You are a researcher who summarizes papers.")).length).toBe(1);
  });

  test("survives a compaction that comes before its step has started", async () => {
    const host = new GuardedHost();
    await failTimes(3, host);
    await host.request();
    const info = { id: "msg_c", sessionID: "ses_main", role: "assistant", agent: "compaction" };
    await host.event("message.updated", { sessionID: "ses_main", info });
    await host.stepStarted();
    expect((await host.request()).length).toBe(1);
  });
});

describe("whose message starts afresh", () => {
  const cases: [what: string, parts: object[], isNew: boolean][] = [
    ["the user's text", [{ type: "text", text: "Again." }], true],
    ["the user's picture", [{ type: "file", mime: "image/png", url: "data:," }], true],
    [
      "a text among synthetic ones",
      [
        { type: "text", synthetic: true },
        { type: "text", text: "Again." },
      ],
      true,
    ],
    ["a synthetic one", [{ type: "text", text: "An agent ended.", synthetic: true }], false],
    ["an answer that the model never sees", [{ type: "text", text: "Usage: …", ignored: true }], false],
    ["a compaction", [{ type: "compaction", auto: true }], false],
    ["an empty one", [], false],
  ];
  for (const [what, parts, isNew] of cases) {
    test(`${what}: ${isNew ? "yes" : "no"}`, async () => {
      const host = new GuardedHost();
      await makeTimes(4, host);
      await host.message(parts);
      expect((await make(host)) === undefined).toBe(isNew);
    });
  }

  test("an intervention of the supervisor's: no", async () => {
    const host = new GuardedHost({ isIntervention: true });
    await makeTimes(4, host);
    await host.message([{ type: "text", text: "Take one concrete step now." }]);
    expect(await make(host)).toBeDefined();
  });

  test("the prompt of a native subagent: only for that one's own session", async () => {
    const host = new GuardedHost();
    await makeTimes(4, host);
    await host.message([{ type: "text", text: "Look." }], { sessionID: "ses_sub" });
    expect(await make(host)).toBeDefined();
  });
});

describe("a refused call", () => {
  test("is told of when it is the third in a row", async () => {
    const given: [string, string][] = [];
    const host = new GuardedHost({ onGiveUp: (marker, sessionId) => void given.push([marker, sessionId]) });
    await makeTimes(6, host);
    expect(given).toEqual([]);
    await make(host);
    expect(given).toEqual([["[loop guard: 4 identical calls to read]", SESSION]]);
  });

  test("counts once with the others of its step", async () => {
    const given: string[] = [];
    const host = new GuardedHost({ onGiveUp: (marker) => void given.push(marker) });
    await makeTimes(4, host);
    const calls = Array.from({ length: 3 }, () => newCall({ messageID: "msg_same" }));
    for (const call of calls) await host.announce(call);
    for (const call of calls) expect(await host.ask(call)).toStartWith("Loop protection: 4 identical calls to read.");
    expect(given).toEqual([]);
  });

  test("is logged as an error", async () => {
    const host = new GuardedHost();
    await makeTimes(5, host);
    expect(host.logged.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok", "ok", "error"]);
  });
});

test("equal ids of calls in two sessions are two calls", async () => {
  const host = new GuardedHost();
  const one = newCall({ callID: "call_0", args: { filePath: "a" } });
  const other = newCall({ callID: "call_0", args: { filePath: "b" }, sessionID: "ses_other" });
  for (const call of [one, other]) await host.announce(call);
  for (const call of [one, other]) await host.ask(call);
  for (const call of [one, other]) await host.ended(call, { output: "text" });
  expect(new Set(host.logged.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test("a call that fails, which only the event tells, counts like any other", async () => {
  const host = new GuardedHost();
  await failTimes(4, host);
  expect(await make(host)).toContain("4 identical calls");
});

test("twenty calls that fail alike, whatever their arguments, are told of", async () => {
  const given: string[] = [];
  const host = new GuardedHost({ onGiveUp: (marker) => void given.push(marker) });
  for (let index = 0; index < 20; index++) {
    expect(given).toEqual([]);
    expect(await makeFailing(host, { args: { filePath: `b${index}` } })).toBe(false);
  }
  expect(given).toEqual(["[loop guard: 20 failing calls to read with the same error]"]);
});

test("a large answer is the same one wherever the host keeps the whole of it", async () => {
  const host = new GuardedHost();
  const answers: string[] = [];
  for (let index = 0; index < 3; index++) {
    const call = newCall();
    await host.announce(call);
    await host.ask(call);
    const outputPath = `/data/tool-output/tool_${index}`;
    const output = `much\n\n...9 lines truncated...\n\nFull output saved to: ${outputPath}`;
    answers.push(await host.ended(call, { output }, { metadata: { truncated: true, outputPath } }));
  }
  expect(answers.at(-1)).toContain(NUDGE);
});

test("a screenshot that changes is progress, though its words are the same", async () => {
  const host = new GuardedHost();
  for (let index = 0; index < 8; index++) {
    const call = newCall({ tool: "browser_screenshot", args: {} });
    await host.announce(call);
    expect(await host.ask(call)).toBeUndefined();
    const attachments = [
      { id: `prt_${index}`, type: "file", mime: "image/png", url: `data:image/png;base64,${index}` },
    ];
    await host.ended(call, { output: "Took a screenshot." }, { attachments });
  }
});

test("events that the guard does not know are no trouble", async () => {
  const host = new GuardedHost();
  for (const properties of [
    {},
    { part: null },
    { part: { type: "tool" } },
    { part: 5 },
    { info: null },
    { delta: 1 },
  ]) {
    for (const type of ["message.part.updated", "message.updated", "message.part.delta", "session.idle"]) {
      await host.event(type, properties);
    }
  }
  expect(host.logged).toEqual([]);
});

describe("what outlives the process", () => {
  const words = { type: "text", text: "Go on." };

  test("is nothing of a session that only talks", async () => {
    const store = new MemoryStore();
    const host = new GuardedHost({ store });
    await host.message([words]);
    await host.stepStarted();
    expect(store.saved.size).toBe(0);
  });

  test("is that the user's message has made earlier calls void", async () => {
    const store = new MemoryStore();
    const host = new GuardedHost({ store });
    await makeTimes(3, host);
    store.saved.clear();
    await host.message([words]);
    expect(store.saved.get(SESSION)?.()).toMatchObject({ entries: [], nudges: [], failing: [] });
  });
});
