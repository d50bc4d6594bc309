import { describe, expect, test } from "bun:test";
import type { AgentBefore, AgentOut } from "../../../src/host/announcements/agent-out.ts";
import { agentsBefore } from "../../../src/host/announcements/agents-before.ts";
import { agentsOutHooks } from "../../../src/host/announcements/agents-out.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

const SPAWN = { type: "tool", tool: "bizar_spawn_background" };
const RUNNING: AgentBefore = { instanceId: sampleId(1), agent: "thor", title: "The long one", ended: undefined };
const ENDED: AgentBefore = { instanceId: sampleId(2), agent: "mimir", title: 'Say "hi"', ended: "done" };

/** A session in an opencode, with what it is told. */
function createSession(given: { isRun?: boolean; endsAgents?: boolean; agent?: string; spawned?: boolean } = {}) {
  const { isRun = true, endsAgents = true, agent = "odin", spawned = true } = given;
  const state = { out: [] as AgentOut[], before: [] as AgentBefore[], untold: false, oneEnded: Promise.resolve() };
  const put: string[] = [];
  const hooks = agentsOutHooks({
    out: async () => state.out,
    oneEnded: async () => await state.oneEnded,
    tellNow: async () => state.untold,
    put: async (_sessionId, text) => void put.push(text),
    before: async () => state.before,
    maySupervise: (name) => name === "odin",
    isRun,
    endsAgents,
    report: () => expect.unreachable(),
  });
  let messages = 0;
  return {
    state,
    put,
    hooks,
    /** The system text of its next step, below that of the host. */
    async step() {
      const parts = spawned ? [SPAWN] : [];
      const info = { role: "user", sessionID: "ses_1", agent };
      await hooks["experimental.chat.messages.transform"]({}, { messages: [{ info, parts }] as never });
      const system = ["The host's own."];
      await hooks["experimental.chat.system.transform"]({ sessionID: "ses_1", model: {} as never }, { system });
      return system.slice(1);
    },
    /** Its turn is about to end with a text. */
    async endTurn() {
      const input = { sessionID: "ses_1", messageID: `msg_${++messages}`, partID: "prt_1" };
      await hooks["experimental.text.complete"](input, { text: "I am done." });
    },
  };
}

const CALL = `bizar_collect {"instanceIds":["${sampleId(1)}","${sampleId(2)}"]}`;

describe("under opencode run, in a session that had agents before", () => {
  test("they are named in the same words at each step, and once more when it ends its turn all the same", async () => {
    const session = createSession();
    session.state.before = [RUNNING, ENDED];
    const [text = "", ...more] = await session.step();
    expect(more).toEqual([]);
    expect(text).toContain(`- thor ${sampleId(1)}, "The long one": it has not ended`);
    expect(text).toContain(`- mimir ${sampleId(2)}, "Say \\"hi\\"": ended (done)`);
    expect(text).toContain(`call ${CALL}.`);
    session.state.before = [ENDED];
    expect(await session.step()).toEqual([text]);
    await session.endTurn();
    expect(session.put).toEqual([expect.stringContaining(`{"instanceIds":["${sampleId(2)}"]}`)]);
    expect(session.put[0]).toStartWith("This is an automatic message of the Bizar plugin.");
    // It has been told twice: it is let go.
    await session.endTurn();
    expect(session.put).toHaveLength(1);
  });

  test("it is let go once it has collected them", async () => {
    const session = createSession({ endsAgents: false });
    session.state.before = [RUNNING];
    await session.step();
    session.state.before = [];
    await session.endTurn();
    expect(session.put).toEqual([]);
  });

  test("its own agents, which end with the run, come first", async () => {
    const session = createSession();
    Object.assign(session.state, { before: [ENDED], out: [RUNNING] });
    expect(await session.step()).toHaveLength(2);
    await session.endTurn();
    expect(session.put).toEqual([expect.stringContaining("and they end with it")]);
    session.state.out = [];
    await session.endTurn();
    expect(session.put.at(-1)).toContain("from before this opencode run");
  });

  test.each([
    ["one that has none", {}, []],
    ["an agent that may not collect", { agent: "build" }, [RUNNING]],
    ["a session that never spawned one", { spawned: false }, [RUNNING]],
    ["an opencode that goes on", { isRun: false, endsAgents: false }, [RUNNING]],
  ])("nothing is said to %s", async (_, given, before) => {
    const session = createSession(given);
    session.state.before = before;
    expect(await session.step()).toEqual([]);
    await session.endTurn();
    expect(session.put).toEqual([]);
  });
});

test("under opencode run a session that was led to collect, and does not, is held until one of its agents ends", async () => {
  const session = createSession();
  session.state.out = [RUNNING];
  await session.endTurn();
  expect(session.put).toEqual([expect.stringContaining("and they end with it")]);
  const end = Promise.withResolvers<void>();
  session.state.oneEnded = end.promise;
  let isLetGo = false;
  const turn = session.endTurn().then(() => void (isLetGo = true));
  await new Promise((resolve) => void setTimeout(resolve, 0));
  expect(isLetGo).toBe(false);
  session.state.untold = true;
  end.resolve();
  await turn;
  // It was told of the end, and goes on over that.
  expect(session.put).toHaveLength(1);
});

test("after a compaction the agents that run are named at each step, in the same words, while one runs", async () => {
  const session = createSession({ isRun: false, endsAgents: false });
  session.state.out = [RUNNING];
  expect(await session.step()).toEqual([]);
  await session.hooks["experimental.session.compacting"]({ sessionID: "ses_1" }, { context: [] });
  const [text = ""] = await session.step();
  expect(text).toContain(`- thor ${sampleId(1)}, "The long one"`);
  session.state.out = [RUNNING, ENDED];
  expect(await session.step()).toEqual([text]);
  for (const out of [[], [RUNNING]]) {
    session.state.out = out;
    expect(await session.step()).toEqual([]);
  }
});

test("agents from before are those of the session that another opencode started, and of whose end it was not told", async () => {
  const rig = createToolRig();
  await rig.start();
  const parent = { sessionId: "ses_other", messageId: "msg_1", agent: "odin" };
  const pending = { turn: 1, mode: "note", state: "pending" } as const;
  const given = [
    sampleInstance("running", { instanceId: sampleId(1) }),
    sampleInstance("queued", { instanceId: sampleId(2) }),
    sampleInstance("done", { instanceId: sampleId(3), announcement: pending }),
    sampleInstance("failed", { instanceId: sampleId(4), announcement: { ...pending, state: "told" } }),
    sampleInstance("done", { instanceId: sampleId(5), announcement: null }),
    sampleInstance("running", { instanceId: sampleId(6), parent }),
  ];
  for (const instance of given) rig.foreign.set(instance.instanceId, recordOf(instance));
  const found = await agentsBefore(rig.catalog, "ses_parent");
  expect(found.map(({ instanceId, ended }) => [instanceId, ended])).toEqual([
    [sampleId(1), undefined],
    [sampleId(2), undefined],
    [sampleId(3), "done"],
  ]);
});
