import { beforeEach, describe, expect, test } from "bun:test";
import { NO_PERMISSION } from "../../src/agent-role/questions.ts";
import { instanceFinder, serverRoleHooks } from "../../src/agent-role/server-role.ts";
import type { ServerLife } from "../../src/agent-role/server-life.ts";

const INSTANCE = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";

let asked: string[];
let journal: string[];
let skipPermissions: boolean;
/** The answers that are kept for a server that is alone. */
let answers: Map<string, () => Promise<unknown>>;
beforeEach(() => {
  asked = [];
  journal = [];
  skipPermissions = false;
  answers = new Map();
});

/** Sessions as opencode knows them. */
const sessions: Record<string, unknown> = {
  ses_agent: { parentID: "ses_caller", metadata: { bizar: { instanceId: INSTANCE } } },
  ses_helper: { parentID: "ses_agent" },
  ses_caller: {},
  ses_forged: { metadata: { bizar: { instanceId: "x; rm -rf /" } } },
};

function finder() {
  return instanceFinder(async (id) => {
    asked.push(id);
    return sessions[id];
  });
}

function hooks() {
  return serverRoleHooks({
    life: {
      turnRuns: (id: string) => void journal.push(`runs ${id}`),
      turnEnded: (id: string) => void journal.push(`ended ${id}`),
      asked(id: string, sessionId: string, answer: () => Promise<unknown>) {
        journal.push(`${sessionId} asks ${id}`);
        answers.set(id, answer);
      },
      answered: (id: string) => void journal.push(`answered ${id}`),
    } as unknown as ServerLife,
    marker: "wrm_1",
    instanceOf: finder().instanceOf,
    abortSession: async () => undefined,
    skipPermissions,
    answering: {
      replyPermission: async (id, reply, message) => void journal.push(`${reply} to ${id}: ${message}`),
      rejectQuestion: async (id) => void journal.push(`rejects ${id}`),
    },
    provideAgents: async () => undefined,
  });
}

describe("what a session starts carries the marker of its agent", () => {
  const cases: [what: string, sessionID: string | undefined, marker: string | undefined][] = [
    ["the agent's own", "ses_agent", `wrm_1/${INSTANCE}`],
    ["that of its native subagent", "ses_helper", `wrm_1/${INSTANCE}`],
    ["somebody else's", "ses_caller", undefined],
    ["one that is not there", "ses_gone", undefined],
    ["one whose id is none", "ses_forged", undefined],
    ["none", undefined, undefined],
  ];
  for (const [what, sessionID, marker] of cases) {
    test(what, async () => {
      const env: Record<string, string> = {};
      await hooks()["shell.env"]({ cwd: "/", ...(sessionID === undefined ? {} : { sessionID }) }, { env });
      expect(env["BIZAR_INSTANCE"]).toBe(marker);
    });
  }

  test("and is asked for once", async () => {
    const { "shell.env": shellEnv } = hooks();
    for (let each = 0; each < 3; each++) await shellEnv({ cwd: "/", sessionID: "ses_helper" }, { env: {} });
    expect(asked).toEqual(["ses_helper", "ses_agent"]);
  });
});

describe("whose a session is that begins", () => {
  const cases: [what: string, sessionId: string, instance: string | undefined, isAsked: boolean][] = [
    ["is known of an agent's own", "ses_agent", INSTANCE, false],
    ["is known of its native subagent's", "ses_helper", INSTANCE, false],
    ["is asked for of somebody else's", "ses_caller", undefined, true],
    ["is asked for of one whose id is none", "ses_forged", undefined, true],
  ];
  for (const [what, sessionId, instance, isAsked] of cases) {
    test(what, async () => {
      const { event: happened, instanceOf } = finder();
      for (const [sessionID, info] of Object.entries(sessions)) {
        happened({ type: "session.created", properties: { sessionID, info } });
      }
      expect(await instanceOf(sessionId)).toBe(instance);
      expect(asked.length > 0).toBe(isAsked);
    });
  }

  test("is asked for where nothing was heard of whose subagent's it is, and where the event is another one", async () => {
    const { event: happened, instanceOf } = finder();
    happened({ type: "session.created", properties: { sessionID: "ses_helper", info: sessions["ses_helper"] } });
    happened({ type: "session.updated", properties: { sessionID: "ses_agent", info: sessions["ses_agent"] } });
    happened({ type: "session.created" });
    expect(await instanceOf("ses_helper")).toBe(INSTANCE);
    expect(asked).toEqual(["ses_helper", "ses_agent"]);
  });
});

/** An event as the host hands it over. */
async function event(type: string, properties: object): Promise<void> {
  await hooks().event({
    event: { type, properties } as unknown as Parameters<ReturnType<typeof hooks>["event"]>[0]["event"],
  });
}

test("turns that run and end are known", async () => {
  await event("session.status", { sessionID: "ses_a", status: { type: "busy" } });
  await event("session.status", { sessionID: "ses_a", status: { type: "retry" } });
  await event("session.status", { sessionID: "ses_a", status: { type: "idle" } });
  await event("session.idle", { sessionID: "ses_a" });
  expect(journal).toEqual(["runs ses_a", "runs ses_a", "ended ses_a", "ended ses_a"]);
});

test("a permission is refused with a sentence, and with skipPermissions given", async () => {
  for (skipPermissions of [false, true]) {
    await event("permission.asked", { id: "per_1", sessionID: "ses_a", permission: "bash", patterns: ["ls"] });
    await answers.get("per_1")?.();
  }
  expect(journal).toEqual([
    "ses_a asks per_1",
    `reject to per_1: ${NO_PERMISSION}`,
    "ses_a asks per_1",
    "once to per_1: undefined",
  ]);
});

test("a question to the user is rejected, also with skipPermissions", async () => {
  skipPermissions = true;
  await event("question.asked", { id: "que_1", sessionID: "ses_a" });
  await answers.get("que_1")?.();
  expect(journal).toEqual(["ses_a asks que_1", "rejects que_1"]);
});

test("what the host has answered is known", async () => {
  for (const type of ["permission.replied", "question.replied", "question.rejected"]) {
    await event(type, { requestID: type, sessionID: "ses_a" });
  }
  expect(journal).toEqual(["answered permission.replied", "answered question.replied", "answered question.rejected"]);
});
