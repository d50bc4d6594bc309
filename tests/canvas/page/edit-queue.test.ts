import { expect, test } from "bun:test";
import type { Outcome } from "../../../src/canvas/page/sync/api-client.ts";
import { EditQueue, type PendingEdit } from "../../../src/canvas/page/sync/edit-queue.ts";
import { createKeptEdits } from "../../../src/canvas/page/sync/kept-edits.ts";
import { retitle, samplePlan, stored } from "./sample-plan.ts";

const DONE: Outcome = { kind: "done", stored: stored(samplePlan()) };
const GONE: Outcome = { kind: "unreachable", message: "no connection" };

const edit = (id: string): PendingEdit => ({ id, operations: [retitle("el_a", id)] });

/** A queue whose server gives the answers in turn, and then is always well. */
function queueWith(answers: Outcome[], kept: readonly PendingEdit[] = []) {
  const told: string[] = [];
  const queue = new EditQueue(
    {
      async send([operation]) {
        told.push(`send ${operation?.op === "update_element" ? String(operation.changes.title) : ""}`);
        return answers.shift() ?? DONE;
      },
      changed: (pending) => told.push(`pending ${pending.map(({ id }) => id).join()}`),
      answered: ({ id }, { kind }) => told.push(`${id} ${kind}`),
      stopped: ({ kind }) => told.push(`stopped ${kind}`),
    },
    kept,
  );
  return { queue, told };
}

test("edits are sent one after the other, each when the one before has its answer", async () => {
  const { queue, told } = queueWith([]);
  queue.add(edit("1"));
  queue.add(edit("2"));
  await queue.flush();
  expect(told).toEqual(["pending 1", "send 1", "pending 1,2", "1 done", "pending 2", "send 2", "2 done", "pending "]);
});

test("an edit that the last answer leads to is sent as well", async () => {
  // Right after the answer, before whoever waits for it has heard.
  const queue = new EditQueue({
    send: async () => DONE,
    changed: () => {},
    answered: ({ id }) => (id === "1" ? queueMicrotask(() => queue.add(edit("2"))) : undefined),
    stopped: () => {},
  });
  queue.add(edit("1"));
  await queue.flush();
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  expect(queue.pending).toEqual([]);
});

test("without a connection the edits stay, and are sent in order when it is back", async () => {
  const { queue, told } = queueWith([GONE]);
  queue.add(edit("1"));
  queue.add(edit("2"));
  await queue.flush();
  expect(queue.pending.map(({ id }) => id)).toEqual(["1", "2"]);
  expect(told.at(-1)).toBe("stopped unreachable");
  told.length = 0;
  await queue.flush();
  expect(told.filter((line) => line.startsWith("send"))).toEqual(["send 1", "send 2"]);
  expect(queue.pending).toEqual([]);
});

test("an edit that is refused makes way for the next", async () => {
  const refusal = { reason: "conflict", index: 0, message: "changed" } as const;
  const { queue, told } = queueWith([{ kind: "refused", refusal, stored: stored(samplePlan()) }]);
  queue.add(edit("1"));
  queue.add(edit("2"));
  await queue.flush();
  expect(told).toContain("1 refused");
  expect(told).toContain("2 done");
});

test("when the server does not know the page, the edits stay", async () => {
  const { queue } = queueWith([{ kind: "locked_out" }]);
  queue.add(edit("1"));
  await queue.flush();
  expect(queue.pending).toHaveLength(1);
});

test("what an earlier load had not sent is sent first", async () => {
  const { queue, told } = queueWith([], [edit("kept")]);
  queue.add(edit("new"));
  await queue.flush();
  expect(told.filter((line) => line.startsWith("send"))).toEqual(["send kept", "send new"]);
});

test("a tab keeps its edits over a reload, for each plan apart, and reads nothing from what is no list of edits", () => {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
  createKeptEdits(storage, "one").write([edit("1")]);
  expect(createKeptEdits(storage, "one").read()).toEqual([edit("1")]);
  expect(createKeptEdits(storage, "two").read()).toEqual([]);
  for (const key of items.keys()) items.set(key, '[{"id":1},null,"x"]');
  expect(createKeptEdits(storage, "one").read()).toEqual([]);
  for (const key of items.keys()) items.set(key, "{half");
  expect(createKeptEdits(storage, "one").read()).toEqual([]);
});
