import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runOpencode, startServer, type Server } from "../../scripts/scripted-host/opencode.ts";
import { records } from "./delegation.ts";
import { newSession, planAction, waitFor } from "./plan-rig.ts";
import { askServer, createRig, serveRig, spawn, spawnedIds, until } from "./rig.ts";
import type { Answer, Rig, ServedRig } from "./rig.ts";
import { startTerminalUi } from "./terminal.ts";

let rig: Rig;
let own: Rig | undefined;
afterEach(async () => {
  if (rig !== own) await rig.dispose();
});

/** The requests by which the model was told of ends. */
function told() {
  return rig.model.requests.filter(({ prompt }) =>
    prompt.startsWith("This is an automatic message of the Bizar plugin."),
  );
}

test("Odin spawns, the user does nothing, and the answer to the announcement appears in the terminal UI", async () => {
  rig = await createRig();
  const idle = Promise.withResolvers<void>();
  rig.plan("the task", { after: idle.promise, text: "what the agent found" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), { text: "It is under way." });
  rig.otherwise((request) => ({ text: request.prompt.includes("what the agent found") ? "So it was found." : "done" }));
  const ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"]);
  ui.submit("delegate");
  await until("Odin has answered", () => ui.screen().includes("It is under way."));
  idle.resolve();
  await until("the answer to the announcement is on the screen", () => ui.screen().includes("So it was found."));
  expect(told()).toHaveLength(1);
  expect(told()[0]?.prompt).toContain("It does not come from the user.");
  // The message itself is synthetic: the user sees the answer only.
  expect(ui.screen()).not.toContain("automatic message");
  ui.kill("SIGTERM");
  await ui.exited;
}, 90_000);

test("after a restart the parent session has one note of each end, and no model was asked", async () => {
  rig = await createRig();
  rig.plan("hang", { calls: [{ tool: "bash", args: { command: "sleep 85", description: "Hangs" } }] });
  rig.plan("spawn", spawn({ agent: "thor", prompt: "hang" }), { text: "under way" });
  const first = await startServer(rig.sandbox);
  const asked = await askServer(first, rig.sandbox.project, "spawn");
  const [{ instanceId }] = asked.answers("bizar_spawn_background");
  await first.stop("SIGKILL");
  for (let start = 0; start < 2; start++) {
    const next = await startServer(rig.sandbox);
    const notes = async () => {
      const { data: messages = [] } = await next.client.session.messages({ path: { id: asked.sessionId } });
      return messages.flatMap(({ parts }) =>
        parts.flatMap((part: Answer) => (part.metadata?.bizar === undefined ? [] : [part.text])),
      );
    };
    // A plugin instance is made with the first request for its directory.
    await until("the note is there", async () => (await notes()).length > 0);
    expect(await notes()).toEqual([expect.stringContaining(`${instanceId}, "hang": failed (supervisor_lost)`)]);
    await next.stop();
  }
  expect(told()).toEqual([]);
}, 90_000);

test("a user who has gone on in another session gets a short note there of each end, and that model is not asked", async () => {
  const served = await serveRig();
  rig = served;
  const [idle, busy, answered] = [0, 1, 2].map(() => Promise.withResolvers<void>());
  rig.plan("one task", { after: idle!.promise, text: "what the first found" });
  rig.plan("other task", { after: busy!.promise, text: "what the second found" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "one task" }, { agent: "thor", prompt: "other task" }), {
    text: "under way",
  });
  rig.plan("talk on", { after: answered!.promise, text: "talked" });
  const asked = await served.ask("delegate");
  const elsewhere = await served.ask("of something else", { agent: "mimir" });
  const notes = async () => await notesIn(served.server, elsewhere.sessionId);
  idle!.resolve();
  await until("the note is there", async () => (await notes()).length === 1);
  expect(await notes()).toEqual([
    {
      agent: "mimir",
      parts: [
        expect.objectContaining({ ignored: true, text: 'Bizar: thor, "one task", of another session: done.' }),
        expect.objectContaining({ synthetic: true, text: expect.stringContaining("what the first found") }),
      ],
    },
  ]);
  // The session that asked is told as ever, and reacts.
  await until("the one that asked is woken", () => told().length === 1);

  const talking = served.ask("talk on", { sessionId: elsewhere.sessionId, agent: "mimir" });
  await until("the model is at it", () => rig.requestsFor("talk on").length === 1);
  busy!.resolve();
  await until("the one that asked is woken again", () => told().length === 2);
  // Beside an answer that is being written a note would make the host ask the model once more.
  expect(await notes()).toHaveLength(1);
  answered!.resolve();
  await talking;
  await until("the other note is there", async () => (await notes()).length === 2);
  const seen = JSON.stringify(rig.requestsFor("talk on")[0]?.messages);
  expect(seen).toContain("what the first found");
  expect(seen).not.toContain("Bizar: thor");
  expect(rig.requestsFor("talk on")).toHaveLength(1);
  // In the session that asked the user needs no note.
  expect(await notesIn(served.server, asked.sessionId)).toEqual([]);
}, 90_000);

test("under opencode run Odin is not let go while two agents are out: it is led to collect, and says what both found", async () => {
  rig = await createRig();
  const collecting = Promise.withResolvers<void>();
  rig.plan("first task", { after: collecting.promise, text: "what the first found" });
  rig.plan("second task", { after: collecting.promise, text: "what the second found" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "first task" }, { agent: "thor", prompt: "second task" }), {
    text: "I report when they have ended.",
  });
  rig.otherwise(({ prompt, step, messages }) => {
    if (step > 0) {
      const found = JSON.stringify(messages).match(/what the (?:first|second) found/g);
      return { text: `Both: ${[...new Set(found)].toSorted().join(", ")}` };
    }
    const [, args = "{}"] = /call bizar_collect (\{.*?\}),/.exec(prompt) ?? [];
    collecting.resolve();
    return { calls: [{ tool: "bizar_collect", args: JSON.parse(args) as Record<string, unknown> }] };
  });
  const run = await runOpencode(rig.sandbox, { prompt: "delegate", agent: "odin" });
  const [collected] = run.toolAnswers("bizar_collect") as Answer[][];
  expect(collected?.map(({ status }) => status)).toEqual(["done", "done"]);
  const last = run.events.findLast(({ type }) => type === "text")?.part?.text;
  expect([run.exitCode, last]).toEqual([0, "Both: what the first found, what the second found"]);
  const step = rig.requestsFor("delegate").find(({ step }) => step === 1);
  expect(JSON.stringify(step?.messages)).toContain("before you end it, collect them");
}, 90_000);

test("under opencode run an Odin that does not collect is held until its agents have ended, and told all of it, also in a session that goes on", async () => {
  rig = await createRig();
  let held = Promise.withResolvers<void>();
  rig.plan("long task", () => ({ after: held.promise, text: "what it found" }));
  rig.plan("delegate", spawn({ agent: "thor", prompt: "long task" }), { text: "I am done." });
  rig.otherwise(({ prompt }) => {
    if (prompt.includes("has ended")) return { text: prompt.includes('"what it found"') ? "So it was found." : "lost" };
    setTimeout(() => held.resolve(), 0);
    return { text: "I am done all the same." };
  });
  const first = await runOpencode(rig.sandbox, { prompt: "delegate", agent: "odin" });
  held = Promise.withResolvers();
  const goesOn = ["--session", first.events[0]?.sessionID ?? ""];
  const second = await runOpencode(rig.sandbox, { prompt: "delegate", agent: "odin", arguments: goesOn });
  for (const { exitCode, events } of [first, second]) {
    expect([exitCode, events.findLast(({ type }) => type === "text")?.part?.text]).toEqual([0, "So it was found."]);
  }
}, 90_000);

test("a parent at work is told at its next step, once, and as the agent that the user has chosen since", async () => {
  const served = await serveRig();
  rig = served;
  const [first, second] = [0, 1].map(() => Promise.withResolvers<void>());
  rig.plan("one task", { after: first!.promise, text: "what the first found" });
  rig.plan("other task", { after: second!.promise, text: "what the second found" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "one task" }, { agent: "thor", prompt: "other task" }), {
    text: "under way",
  });
  const { sessionId } = await served.ask("delegate");
  const ends = async () => {
    const { data: messages = [] } = await served.server.client.session.messages({ path: { id: sessionId } });
    return messages.filter(({ info, parts }: Answer) => {
      return info.role === "user" && parts.some(({ metadata }: Answer) => Array.isArray(metadata?.bizar));
    });
  };
  rig.plan("work on", async () => {
    first!.resolve();
    await until("the end is in the session", async () => (await ends()).length === 1);
    return { calls: [{ tool: "glob", args: { pattern: "*.none" } }] };
  });
  rig.otherwise(({ prompt }) => ({ text: `heard ${prompt.includes("what the first found")}` }));
  const worked = await served.ask("work on", { sessionId, model: "scripted/model-b" });
  expect(worked.text).toBe("heard true");
  expect(told()).toHaveLength(1);
  expect(told()[0]?.prompt).toContain('Its whole result: "what the first found"');

  // One who may not collect is told what it needs, and of no tool that is refused to it.
  await served.ask("something else", { sessionId, agent: "build", model: "scripted/model-b" });
  second!.resolve();
  await until("the other end is told", () => told().length === 2);
  expect(told()[1]?.prompt).toContain('Its whole result: "what the second found"');
  expect(told()[1]?.prompt).not.toContain("bizar_");
  await until("it is answered", async () => {
    const { data: messages = [] } = await served.server.client.session.messages({ path: { id: sessionId } });
    const last = messages.at(-1)?.info as Answer;
    return last?.role === "assistant" && last.time.completed !== undefined;
  });
  const { data: messages = [] } = await served.server.client.session.messages({ path: { id: sessionId } });
  expect(messages.at(-1)?.info).toMatchObject({ mode: "build", modelID: "model-b" });
}, 90_000);

describe("a session whose agent is at work", () => {
  let served: ServedRig;
  beforeAll(async () => {
    served = await serveRig({ options: { planOpenBrowser: "never", announceBatch: "together" } });
    own = served;
  }, 60_000);
  beforeEach(() => void (rig = served));
  afterAll(async () => await served.dispose());

  test("is named it again after a compaction", async () => {
    const end = Promise.withResolvers<void>();
    rig.plan("one task", { after: end.promise, text: "found" });
    rig.plan("delegate", spawn({ agent: "thor", prompt: "one task", title: "the long one" }), { text: "under way" });
    const asked = await served.ask("delegate");
    const [{ instanceId }] = asked.answers("bizar_spawn_background");
    const path = { id: asked.sessionId };
    await served.server.client.session.summarize({ path, body: { providerID: "scripted", modelID: "model-a" } });
    await served.ask("what now?", { sessionId: asked.sessionId });
    const seen = JSON.stringify(rig.requestsFor("what now?").at(-1)?.messages);
    expect(seen).toContain(`A background agent still runs:\\n- thor ${instanceId}`);
    end.resolve();
    await until("its end is told", () => told().length === 1);
  }, 90_000);

  test("is told of a failure at once, and of the others when the last of the same message has ended", async () => {
    const [quick, slow] = [0, 1].map(() => Promise.withResolvers<void>());
    rig.plan("quick task", { after: quick!.promise, text: "quickly found" });
    rig.plan("slow task", { after: slow!.promise, text: "slowly found" });
    rig.plan("failing task", { status: 401 });
    const agents = ["quick", "slow", "failing"].map((name) => ({
      agent: "thor",
      backend: "warm",
      prompt: `${name} task`,
    }));
    rig.plan("delegate together", spawn(...agents), { text: "under way" });
    const before = told().length;
    const heard = () =>
      told()
        .slice(before)
        .map(({ prompt }) => prompt);
    const asked = await served.ask("delegate together");
    await until("the failure is told", () => heard().length === 1);
    expect(heard()[0]).toContain('"failing task": failed (session_error)');
    expect(heard()[0]).toContain("Next: bizar_send_message");
    quick!.resolve();
    const [{ instanceId }] = asked.answers("bizar_spawn_background");
    await until("one has ended", async () => {
      const record = (await records(rig)).find((each) => each.instanceId === instanceId);
      return record?.endedAt !== null;
    });
    // An idle session would be told by now.
    await served.ask("and meanwhile?", { sessionId: asked.sessionId });
    expect(heard()).toHaveLength(1);
    slow!.resolve();
    await until("both are told", () => heard().length === 2);
    for (const words of ["2 background agents have ended", '"quickly found"', '"slowly found"']) {
      expect(heard()[1]).toContain(words);
    }
  }, 90_000);

  test("that waits for feedback and in a collect goes on at once when the user types; agent and review are left alone", async () => {
    const end = Promise.withResolvers<void>();
    const { client } = served.server;
    rig.plan("other task", { after: end.promise, text: "found" });
    rig.plan(
      "draw and wait",
      spawn({ agent: "thor", backend: "warm", prompt: "other task" }),
      { calls: [planAction("add_element", "x", { type: "note", title: "First" })] },
      (request) => ({
        calls: [waitFor("x"), { tool: "bizar_collect", args: { instanceId: spawnedIds(request)[0] } }],
      }),
    );
    rig.plan("wait, not that", { text: "I stop." });
    const session = await newSession(served);
    const asked = served.ask("draw and wait", { sessionId: session });
    const running = async () => {
      const { data = [] } = await client.session.messages({ path: { id: session } });
      return data.flatMap(({ parts }) =>
        parts.flatMap((part: Answer) => (part.state?.status === "running" ? part.tool : [])),
      );
    };
    await until("both wait", async () => (await running()).length === 2);
    const body = { agent: "odin", parts: [{ type: "text" as const, text: "wait, not that" }] };
    await client.session.promptAsync({ path: { id: session }, body });
    const answer = await asked;
    expect(answer.answers("bizar_wait_for_feedback")).toMatchObject([{ ok: true, status: "user_message" }]);
    expect(answer.answers("bizar_collect")).toMatchObject([{ status: "running", endedBy: "user_message" }]);
    expect(answer.text).toBe("I stop.");
    const meta = await readFile(join(rig.sandbox.project, "plans/x/meta.json"), "utf8");
    expect(JSON.parse(meta).review.state).toBe("open");
    const [record] = (await records(rig)).slice(-1);
    expect(record?.endedAt).toBe(null);
    end.resolve();
    await until("its end is told", () => told().some(({ prompt }) => prompt.includes(record?.instanceId ?? "none")));
  }, 90_000);
});

/** What the plugin has noted in a session of the ends that another one was told of. */
async function notesIn({ client }: Server, sessionId: string): Promise<Answer[]> {
  const { data: messages = [] } = await client.session.messages({ path: { id: sessionId } });
  return messages.flatMap(({ info, parts }: Answer) =>
    parts.some(({ metadata }: Answer) => metadata?.bizar?.elsewhere !== undefined)
      ? [{ agent: info.agent, parts }]
      : [],
  );
}
