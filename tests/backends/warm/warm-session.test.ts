import { afterEach, beforeEach, expect, test } from "bun:test";
import type { ServerEvent } from "../../../src/backends/warm/event-stream.ts";
import { ServerClient } from "../../../src/opencode/server-client.ts";
import { SessionListeners } from "../../../src/backends/warm/session-listeners.ts";
import { WarmSession } from "../../../src/backends/warm/warm-session.ts";
import type { PermissionRules } from "../../../src/agent-role/questions.ts";
import type { Reply } from "../../../src/supervisor/questions.ts";
import type { Progress } from "../../../src/supervisor/instance.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { until } from "../../until.ts";
import { exited } from "../../supervisor/sample-instance.ts";

const SESSION = "ses_own";

let clock: FakeClock;
let listeners: SessionListeners;
let session: WarmSession;
let progress: Progress[];
/** What the server would answer; a test may hold its answers back, or refuse them. */
let stored: { info: Record<string, unknown>; parts: Record<string, unknown>[] }[];
let isBusy: boolean;
let onRequest: (path: string) => Promise<Response | undefined>;
let asked: string[];
/** What somebody else has answered. */
let elsewhere: string[];

beforeEach(() => {
  clock = new FakeClock();
  listeners = new SessionListeners();
  [progress, stored, asked, elsewhere, isBusy] = [[], [], [], [], false];
  onRequest = async () => undefined;
  session = openSession(null);
});
afterEach(() => session.close());

/** A turn in the session; the first one, or one that goes on in it. */
function openSession(earlier: string | null, rules: PermissionRules = { skipPermissions: false }): WarmSession {
  const client = new ServerClient({ url: "http://127.0.0.1:1", password: "password" }, async (request) => {
    const path = new URL(request.url).pathname;
    asked.push(path);
    // As it is when the request comes, however long the answer takes.
    const answer = answerTo(path);
    return (await onRequest(path)) ?? answer;
  });
  return new WarmSession({
    server: {
      client,
      listen: (id, listener) => listeners.add(id, listener),
      adopt: (child, parent) => listeners.adopt(child, parent),
    },
    sessionId: SESSION,
    promptId: "msg_1",
    turn: {
      ...{ instanceId: "bgr_01JZZZZZZZZZZZZZZZZZZZZZZZ", agent: "thor", kind: "initial", prompt: "do it" },
      ...{ model: { providerId: "p", modelId: "m" }, directory: "/tmp", backend: "warm", sessionId: earlier },
      parentSessionId: "ses_parent",
    },
    observer: {
      ...{
        spawned() {},
        sessionIdentified() {},
        prompted() {},
        startRepeated() {},
        mustStop() {},
        asked() {},
        toldParent() {},
        answeredElsewhere: (askId: string, { kind }: Reply) => void elsewhere.push(`${askId} ${kind}`),
      },
      progressed: (each) => void progress.push(each),
    },
    log: { write() {}, close() {} },
    clock,
    rules,
  });
}

function answerTo(path: string): Response {
  if (path.endsWith("/status")) return Response.json(isBusy ? { [SESSION]: { type: "busy" } } : {});
  if (path.endsWith("/prompt_async")) return new Response(null, { status: 204 });
  return Response.json(path.endsWith("/message") ? stored : []);
}

type Part = Record<string, unknown>;

/** The server takes something in, and tells of it. */
function store(id: string, role: string, parts: Part[], more: Record<string, unknown> = {}): void {
  const info = keep(id, role, parts, more);
  tell("message.updated", { info });
  for (const part of parts) tell("message.part.updated", { part });
}

/** The server takes something in, and nobody hears of it. */
function keep(id: string, role: string, parts: Part[], more: Record<string, unknown> = {}): Record<string, unknown> {
  const info = { id, role, sessionID: SESSION, ...more };
  stored.push({ info, parts });
  return info;
}

function tell(type: string, properties: Record<string, unknown>): void {
  const event: ServerEvent = { type, properties: { sessionID: SESSION, ...properties } };
  listeners.event(event);
}

function storePrompt(): void {
  store("msg_1", "user", [{ id: "prt_1", messageID: "msg_1", type: "text", text: "do it" }]);
}

/** An answer of the model, for {@link store} or {@link keep}. */
function answer(id: string, text: string, finish = "stop"): [string, string, Part[], Record<string, unknown>] {
  const part = { messageID: id, sessionID: SESSION };
  const tokens = { input: 1, output: 1, reasoning: 0, cache: { read: 0, write: 0 } };
  const parts = [
    { ...part, id: `prt_${id}_t`, type: "text", text, time: { start: 1, end: 2 } },
    { ...part, id: `prt_${id}_f`, type: "step-finish", reason: finish, tokens, cost: 0 },
  ];
  return [id, "assistant", parts, { time: { created: 1, completed: 2 }, finish }];
}

/** How the turn ended; `undefined` while it has not. */
async function ended() {
  return await Promise.race([session.over, Bun.sleep(0).then(() => undefined)]);
}

test("a session that was idle when its prompt was still on its way has not ended its turn", async () => {
  await session.prompt();
  // The prompt arrives between the two questions of a look at the server.
  onRequest = async (path) => {
    if (path.endsWith("/message") && stored.length === 0) storePrompt();
    return undefined;
  };
  stored = [];
  listeners.heartbeat();
  await until("the messages were read", () => asked.filter((path) => path.endsWith("/question")).length > 0);
  await until("and taken in", async () => (await ended()) === undefined && progress.length > 0);
  isBusy = true;
  store(...answer("msg_2", "Done."));
  isBusy = false;
  tell("session.idle", {});
  expect(await session.over).toEqual({ kind: "idle", failed: false });
  expect(session.evidence.words()).toEqual(["Done."]);
});

test("a turn that was cut short without a word is found idle at the second look", async () => {
  await session.prompt();
  storePrompt();
  listeners.gap();
  await until("it was asked for", () => asked.some((path) => path.endsWith("/question")));
  await Bun.sleep(0);
  expect(await ended()).toBeUndefined();
  await until("it looks again", async () => {
    clock.advance(100);
    return (await ended()) !== undefined;
  });
  expect(await session.over).toEqual({ kind: "idle", failed: false });
});

test("a session that was not called busy yet, long after its prompt, runs at the second look", async () => {
  await session.prompt();
  storePrompt();
  clock.advance(5000);
  keep(...answer("msg_2", "I ask.", "tool-calls"));
  listeners.gap();
  await until("it was asked for", () => asked.filter((path) => path.endsWith("/question")).length > 0);
  await Bun.sleep(0);
  isBusy = true;
  clock.advance(1000);
  await until("it was asked again", () => asked.filter((path) => path.endsWith("/question")).length > 1);
  expect(await ended()).toBeUndefined();
  store(...answer("msg_3", "Done."));
  isBusy = false;
  tell("session.idle", {});
  expect(await session.over).toEqual({ kind: "idle", failed: false });
  expect(session.evidence.words()).toEqual(["I ask.", "Done."]);
});

test("what a gap has swallowed is asked for until the server tells it, before the turn counts as ended", async () => {
  await session.prompt();
  storePrompt();
  isBusy = true;
  keep(...answer("msg_2", "Unheard.", "tool-calls"));
  onRequest = async () => new Response("no", { status: 500 });
  listeners.gap();
  await until("it was asked for in vain", () => asked.some((path) => path.endsWith("/status")));
  await Bun.sleep(0);
  onRequest = async () => undefined;
  store(...answer("msg_3", "Heard."));
  isBusy = false;
  tell("session.idle", {});
  expect(await session.over).toEqual({ kind: "idle", failed: false });
  expect(session.evidence.words()).toEqual(["Unheard.", "Heard."]);
  expect(session.evidence.conclude(exited(0)).finish).toBe("stop");
});

test("a gap while it is looked whether the session runs is looked into as well", async () => {
  await session.prompt();
  storePrompt();
  isBusy = true;
  listeners.heartbeat();
  const held = Promise.withResolvers<void>();
  onRequest = async (path) => {
    if (path.endsWith("/status")) await held.promise;
    return undefined;
  };
  listeners.heartbeat();
  keep(...answer("msg_2", "Unheard.", "tool-calls"));
  listeners.gap();
  held.resolve();
  await until("the text was found", () => session.evidence.words().join() === "Unheard.");
});

test("a prompt whose answer was lost has arrived, also where the server was being asked meanwhile", async () => {
  const held = Promise.withResolvers<void>();
  onRequest = async (path) => {
    if (path.endsWith("/status")) await held.promise;
    return path.endsWith("/prompt_async") ? new Response("no", { status: 500 }) : undefined;
  };
  listeners.heartbeat();
  const prompted = session.prompt();
  keep("msg_1", "user", [{ id: "prt_1", messageID: "msg_1", type: "text", text: "do it" }]);
  await until("the prompt was sent", () => asked.some((path) => path.endsWith("/prompt_async")));
  held.resolve();
  await prompted;
});

test("a prompt whose answer was lost on a line that is dead for a while is waited for, and may have arrived", async () => {
  let isDead = true;
  onRequest = async () => (isDead ? await Promise.reject(new Error("reset")) : undefined);
  const prompted = session.prompt();
  keep("msg_1", "user", [{ id: "prt_1", messageID: "msg_1", type: "text", text: "do it" }]);
  await prompted;
  expect(await ended()).toBeUndefined();
  isDead = false;
  keep(...answer("msg_2", "Done."));
  listeners.heartbeat();
  expect(await session.over).toEqual({ kind: "idle", failed: false });
  expect(session.evidence.words()).toEqual(["Done."]);
});

test("a prompt whose answer was lost and that the server has not got is told as that", async () => {
  onRequest = async (path) => (path.endsWith("/prompt_async") ? await Promise.reject(new Error("reset")) : undefined);
  expect(session.prompt()).rejects.toThrow("reset");
});

test("catching up waits for what is being asked already", async () => {
  await session.prompt();
  storePrompt();
  isBusy = true;
  keep(...answer("msg_2", "Unheard.", "tool-calls"));
  const held = Promise.withResolvers<void>();
  onRequest = async (path) => {
    if (path.endsWith("/status")) await held.promise;
    return undefined;
  };
  listeners.gap();
  const caughtUp = session.catchUp();
  held.resolve();
  await caughtUp;
  expect(session.evidence.words()).toEqual(["Unheard."]);
});

/** How often a question was answered. */
const replies = () => asked.filter((path) => path.endsWith("/reply")).length;

test("a question whose answer the server did not take is answered again", async () => {
  await session.prompt();
  storePrompt();
  isBusy = true;
  const question = { id: "per_1", sessionID: SESSION, permission: "bash", patterns: ["ls"] };
  onRequest = async (path) => {
    if (path.endsWith("/reply") && replies() === 1) return new Response("no", { status: 500 });
    return path === "/permission" && replies() > 0 ? Response.json([question]) : undefined;
  };
  tell("permission.asked", question);
  await until("it was answered in vain", () => replies() === 1);
  await Bun.sleep(0);
  listeners.heartbeat();
  await until("it is answered again", () => replies() === 2);
});

test("what the user is asked is held; an answer that did not come from here is told", async () => {
  session.close();
  session = openSession(null, { skipPermissions: false, asks: true });
  await session.prompt();
  storePrompt();
  const ask = (id: string) =>
    tell("permission.asked", { id, sessionID: SESSION, permission: "bash", patterns: [id], always: [] });
  ask("per_1");
  ask("per_2");
  expect([replies(), progress.at(-1)?.activity]).toEqual([0, "asking bash: per_1"]);
  session.answer({ askId: "per_1", kind: "permission", what: "bash: per_1" }, { kind: "once" });
  await until("it is answered", () => replies() === 1);
  tell("permission.replied", { requestID: "per_1", reply: "once" });
  tell("permission.replied", { requestID: "per_2", reply: "always" });
  expect(elsewhere).toEqual(["per_2 always"]);
});

test("a subagent of an earlier turn that goes on is heard, and its question answered", async () => {
  session.close();
  session = openSession(SESSION);
  const known = Promise.withResolvers<Response>();
  onRequest = async (path) => (path.endsWith("/children") ? await known.promise : undefined);
  const prompted = session.prompt();
  await until("whose they are is asked", () => asked.some((path) => path.endsWith("/children")));
  // Told to go on before that is known, it could ask something that nobody hears.
  expect(asked.some((path) => path.endsWith("/prompt_async"))).toBeFalse();
  known.resolve(Response.json([{ id: "ses_sub" }]));
  await prompted;
  storePrompt();
  tell("permission.asked", { id: "per_1", sessionID: "ses_sub", permission: "bash", patterns: ["ls"] });
  await until("it is answered", () => replies() === 1);
});

test("the abort of an earlier turn, told late, is no failure of a prompt that is still on its way", async () => {
  await session.prompt();
  tell("session.error", { error: { name: "MessageAbortedError", data: { message: "Aborted" } } });
  await until("it was looked at", () => asked.some((path) => path.endsWith("/question")));
  await Bun.sleep(0);
  expect(await ended()).toBeUndefined();
  storePrompt();
  store(...answer("msg_2", "Done."));
  tell("session.idle", {});
  expect(await session.over).toEqual({ kind: "idle", failed: false });
});
