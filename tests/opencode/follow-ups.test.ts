import { afterAll, beforeAll, expect, test } from "bun:test";
import { collectSpawned, serveRig, spawn, spawnedIds, until, type ServedRig, type Step } from "./rig.ts";

let rig: ServedRig;
beforeAll(async () => {
  rig = await serveRig();
}, 60_000);
afterAll(async () => await rig.dispose());

/** A step that sends a message to the agent that was spawned first. */
function send(prompt: string): Step {
  return (request) => ({
    calls: [{ tool: "bizar_send_message", args: { instanceId: spawnedIds(request)[0], prompt } }],
  });
}

function collectFirst(more: Record<string, unknown> = {}): Step {
  return (request) => ({
    calls: [{ tool: "bizar_collect", args: { instanceId: spawnedIds(request)[0], ...more } }],
  });
}

test("an agent that is done goes on in the same session, with its earlier messages", async () => {
  rig.plan("the first task", { text: "the first answer" });
  rig.plan("the second task", { text: "the second answer" });
  rig.plan(
    "talk twice",
    spawn({ agent: "thor", prompt: "the first task" }),
    collectSpawned(),
    send("the second task"),
    collectFirst(),
    collectFirst({ scope: "all" }),
  );
  const asked = await rig.ask("talk twice");
  const [{ sessionId }] = asked.answers("bizar_spawn_background");
  expect(asked.answers("bizar_send_message")).toEqual([expect.objectContaining({ sessionId, turn: 2 })]);
  const [, second, all] = asked.answers("bizar_collect");
  expect(second).toMatchObject({ status: "done", result: "the second answer" });
  expect(all).toMatchObject({ result: "the first answer\n\nthe second answer" });
  const [request] = rig.requestsFor("the second task");
  expect(request?.messages.map(({ text }) => text)).toEqual(
    expect.arrayContaining(["the first task", "the first answer", "the second task"]),
  );
}, 60_000);

test("a message to a running agent waits behind its turn, and collect waits for both", async () => {
  const sent = Promise.withResolvers<void>();
  rig.plan("a long task", { after: sent.promise, text: "long done" });
  rig.plan("and then this", { text: "then done" });
  rig.plan("queue a message", spawn({ agent: "thor", prompt: "a long task" }), send("and then this"), (request) => {
    sent.resolve();
    return { calls: [{ tool: "bizar_collect", args: { instanceId: spawnedIds(request)[0] } }] };
  });
  const asked = await rig.ask("queue a message");
  const [answer] = asked.answers("bizar_send_message");
  expect(answer).toMatchObject({ status: "running", turn: 2 });
  expect(answer.message).toContain("when its running turn has ended");
  expect(asked.answers("bizar_collect")).toEqual([expect.objectContaining({ status: "done", result: "then done" })]);
}, 60_000);

test("a killed agent goes on with a message", async () => {
  rig.plan("hang for ever", { calls: [{ tool: "bash", args: { command: "sleep 86", description: "Hangs" } }] });
  rig.plan("try something else", { text: "better" });
  rig.plan(
    "kill and go on",
    spawn({ agent: "thor", prompt: "hang for ever" }),
    async (request) => {
      await until("the agent works", () => rig.requestsFor("hang for ever").length > 0);
      return { calls: [{ tool: "bizar_kill", args: { instanceId: spawnedIds(request)[0] } }] };
    },
    send("try something else"),
    collectFirst(),
  );
  const asked = await rig.ask("kill and go on");
  expect(asked.answers("bizar_kill")).toEqual([expect.objectContaining({ status: "killed" })]);
  expect(asked.answers("bizar_collect")).toEqual([expect.objectContaining({ status: "done", result: "better" })]);
}, 60_000);
