import { describe, expect, test } from "bun:test";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { sampleId, sampleInstance, sampleRequest, type SampleState } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

/** A rig with records of another opencode on disk. */
function rigWith(...instances: Instance[]) {
  const rig = createToolRig();
  for (const instance of instances) rig.foreign.set(instance.instanceId, recordOf(instance));
  return rig;
}

const numbered = (state: SampleState, number: number, given: Partial<Instance> = {}) =>
  sampleInstance(state, { instanceId: sampleId(number), ...given });
const elsewhere = { parent: { sessionId: "ses_other", messageId: "msg_1", agent: "odin" } };
const ids = (views: { instanceId: string }[]) => views.map(({ instanceId }) => instanceId);

const agent = { agent: "mimir", title: "Look around" };

test("an agent is shown with what tells it from others and how it stands, and with nothing that is none", async () => {
  const { progress } = sampleInstance("running");
  const done = { progress: { ...progress, activity: "tool bash", toolCallCount: 3, costUsd: 0.012345 } };
  const rig = rigWith(numbered("failed", 1), numbered("running", 2, done), numbered("queued", 3));
  rig.clock.advance(65_010);
  const { value } = await rig.call("status");
  expect(value).toEqual([
    {
      instanceId: sampleId(1),
      ...agent,
      ...{ status: "failed", reason: "session_error", elapsed: "0s", error: "boom happened" },
    },
    {
      instanceId: sampleId(2),
      ...agent,
      ...{ status: "running", activity: "tool bash", toolCallCount: 3, costUsd: 0.0123, elapsed: "65s" },
    },
    { instanceId: sampleId(3), ...agent, status: "queued", elapsed: "65s" },
  ]);
});

test("what one did is told when it has ended, however it did; its last calls where it is not done", async () => {
  const { progress } = sampleInstance("running");
  const deeds = {
    ...{ changedFiles: ["src/a.ts", "src/b.ts"], moreChangedFiles: 2, refused: ["bash: rm -rf build"] },
    lastCalls: ["read: src/a.ts", "[loop guard: 7 identical calls to bash]"],
  };
  const did = { progress: { ...progress, ...deeds } };
  const states = ["running", "done", "failed", "killed", "timed_out"] as const;
  const rig = rigWith(...states.map((state, index) => numbered(state, index, did)));
  const { value } = await rig.call("status");
  const { lastCalls: _, ...withoutCalls } = deeds;
  const told = [{}, withoutCalls, deeds, deeds, deeds];
  for (const [index, view] of value.entries()) {
    const names = Object.keys(deeds).filter((name) => name in view);
    expect(Object.fromEntries(names.map((name) => [name, view[name]]))).toEqual(told[index]!);
  }
});

test("what one did takes a bounded part of the answer, whatever it is", async () => {
  const { progress } = sampleInstance("running");
  const many = Array.from({ length: 30 }, (_, index) => `${"\u0001".repeat(100)}${index}.ts`);
  const did = { progress: { ...progress, changedFiles: many, refused: many, lastCalls: many.slice(0, 5) } };
  const { output, value } = await rigWith(numbered("failed", 1, did)).call("status");
  expect(Buffer.byteLength(output)).toBeLessThan(4000);
  expect(value[0].moreChangedFiles + (value[0].changedFiles?.length ?? 0)).toBe(30);
});

const note = (text: string) => [{ note: `nothing has changed for ${text}` }];

describe("asked again with nothing changed", () => {
  test("it is one line, for each session and each of the agents it asks for", async () => {
    const rig = rigWith(numbered("running", 1), numbered("done", 2));
    const look = async (args: object = {}, sessionID = "ses_parent") =>
      (await rig.call("status", args, { sessionID })).value;
    expect(await look()).toHaveLength(2);
    rig.clock.advance(4000);
    expect(await look()).toEqual(note("4 s; you will be told"));
    rig.clock.advance(8000);
    expect(await look()).toEqual(note("12 s; you will be told"));
    expect(await look({ instanceId: sampleId(1) })).toMatchObject([{ instanceId: sampleId(1) }]);
    expect(await look({ instanceId: sampleId(1) })).toEqual(note("0 s; you will be told"));
    expect(await look({ instanceId: sampleId(2) })).toMatchObject([{ instanceId: sampleId(2) }]);
    expect(await look({ instanceId: sampleId(2) })).toEqual(note("0 s; all of it has ended"));
    expect(await look({ all: true }, "ses_other")).toHaveLength(2);
    expect(await look({ all: true }, "ses_other")).toEqual(note("0 s"));
  });

  test("whatever has changed is told, but not the clock", async () => {
    const rig = rigWith();
    const { progress } = sampleInstance("running");
    const look = async (activity: string, toolCallCount: number) => {
      const instance = numbered("running", 1, { progress: { ...progress, activity, toolCallCount } });
      rig.foreign.set(sampleId(1), recordOf(instance));
      return (await rig.call("status")).value[0].note !== undefined;
    };
    expect(await look("waiting for the model", 1)).toBe(false);
    expect(await look("waiting for the model, 16 s", 1)).toBe(true);
    expect(await look("tool bash", 1)).toBe(false);
    expect(await look("tool bash", 2)).toBe(false);
    expect(await look("tool bash", 2)).toBe(true);
    rig.foreign.set(sampleId(1), recordOf(numbered("killed", 1)));
    expect((await rig.call("status")).value).toMatchObject([{ status: "killed" }]);
    rig.foreign.set(sampleId(2), recordOf(numbered("queued", 2)));
    expect((await rig.call("status")).value).toHaveLength(2);
  });

  test("nobody is promised to be told where nobody tells", async () => {
    const rig = rigWith(numbered("running", 1, { announce: "off" }));
    await rig.call("status");
    expect((await rig.call("status")).value).toEqual(note("0 s"));
  });

  for (const type of ["session.compacted", "message.removed"]) {
    test(`what ${type} took out of a session's context is told again there`, async () => {
      const rig = rigWith(numbered("running", 1));
      const look = async (sessionID: string) =>
        (await rig.call("status", { all: true }, { sessionID })).value[0].note !== undefined;
      expect([await look("ses_a"), await look("ses_b"), await look("ses_a"), await look("ses_b")]).toEqual([
        ...[false, false, true, true],
      ]);
      rig.looks.event({ type, properties: { sessionID: "ses_a" } });
      expect([await look("ses_a"), await look("ses_b")]).toEqual([false, true]);
    });
  }
});

test("agents of this opencode are shown as they are now, with their place in the line", async () => {
  const rig = createToolRig(1);
  const { turn } = await rig.start();
  const waiting = await rig.supervisor.spawn(sampleRequest());
  const { progress } = rig.supervisor.views()[0]!.instance;
  const liveness = { phase: "tool", since: rig.clock.now(), retryAt: null, thinkingSince: null } as const;
  turn.observer.progressed({
    ...progress,
    activity: "tool bash: bun test",
    liveness: { ...liveness, hasActed: true, repeatsItself: false },
  });
  rig.clock.advance(12_500);
  const { value } = await rig.call("status");
  rig.clock.advance(4000);
  expect((await rig.call("status")).value).toEqual(note("4 s; you will be told"));
  expect(value).toMatchObject([
    { status: "pending", activity: "tool bash: bun test, 12 s" },
    { instanceId: waiting, status: "queued", queuePosition: 1, waitsFor: "a place" },
  ]);
});

describe("without an id", () => {
  test("it shows those of the calling session that live, and the last 20 that ended, oldest first", async () => {
    const ended = Array.from({ length: 30 }, (_, index) => numbered("done", index + 10));
    const rig = rigWith(numbered("running", 1), ...ended.toReversed(), numbered("running", 90, elsewhere));
    const expected = [sampleId(1), ...Array.from({ length: 20 }, (_, index) => sampleId(index + 20))];
    expect(ids((await rig.call("status")).value)).toEqual(expected);
  });

  test("all shows every record, of other sessions too", async () => {
    const rig = rigWith(numbered("done", 2, elsewhere), numbered("running", 1));
    expect(ids((await rig.call("status", { all: true })).value)).toEqual([sampleId(1), sampleId(2)]);
  });

  test("nothing to show is an empty list, however often it is asked for", async () => {
    const rig = rigWith();
    expect([(await rig.call("status")).value, (await rig.call("status")).value]).toEqual([[], []]);
  });
});

test("an answer about 1 000 records is whole JSON of at most 40 000 bytes, and has the newest", async () => {
  const awkward = '"quote"\n\u0001👍'.repeat(100);
  const instances = Array.from({ length: 1000 }, (_, index) =>
    numbered("failed", index, { prompt: awkward, title: awkward.slice(0, 200), resultPreview: awkward.slice(-200) }),
  );
  const { output, value, metadata } = await rigWith(...instances).call("status", { all: true });
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
  expect(value.at(-1).instanceId).toBe(sampleId(999));
  expect(value[0]).toMatchObject({ truncated: true, omitted: 1000 - (value.length - 1), path: "/state/bg" });
  expect(value.length).toBeGreaterThan(10);
  expect(metadata).toMatchObject({ count: 1000, live: 0 });
});

test("an error of any length leaves the answer within its bounds", async () => {
  const { state } = sampleInstance("failed");
  const long = numbered("failed", 1, { state: { ...state, error: "\u0001".repeat(100_000) } as Instance["state"] });
  const { output, value } = await rigWith(long).call("status", { instanceId: sampleId(1) });
  expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
  expect(value).toHaveLength(1);
});

test("an unknown id is an error that names it", async () => {
  expect((await rigWith().call("status", { instanceId: sampleId(7) })).value).toEqual({
    error: "instance not found",
    instanceId: sampleId(7),
    agents: [],
  });
});

test("of several ids those that are unknown are told of beside the others, once with the session's agents", async () => {
  const rig = rigWith(numbered("running", 1), numbered("done", 2), numbered("done", 3, elsewhere));
  const { value } = await rig.call("status", { instanceIds: [sampleId(1), sampleId(7), "../x", sampleId(3)] });
  expect(value).toMatchObject([
    { instanceId: sampleId(1), status: "running", note: "instanceIds → instanceId" },
    { instanceId: sampleId(3), status: "done" },
    {
      error: "instance not found",
      instanceId: sampleId(7),
      agents: [
        { id: sampleId(1).slice(-6), agent: "mimir", title: "Look around", status: "running" },
        { id: sampleId(2).slice(-6), agent: "mimir", title: "Look around", status: "done" },
      ],
    },
    { error: "instance not found", instanceId: "../x" },
  ]);
  expect(value[3]).not.toHaveProperty("agents");
});

test("an id in any writing is that of its agent", async () => {
  const id = sampleId(1);
  for (const given of [{ id }, { instance_id: ` "${id}"` }, { instanceId: [id] }, { instanceId: id.toLowerCase() }]) {
    expect(ids((await rigWith(numbered("running", 1)).call("status", given)).value)).toEqual([id]);
  }
});

test("every agent may ask", async () => {
  const { value } = await rigWith(numbered("running", 1)).call("status", {}, { agent: "build" });
  expect(ids(value)).toEqual([sampleId(1)]);
});

test("arguments that cannot be used are an error", async () => {
  for (const args of [{ instanceId: [{}] }, { all: "perhaps" }, 5]) {
    expect((await rigWith().call("status", args)).value.error).toStartWith("bizar_status takes instanceId, all.");
  }
});
