import { describe, expect, test } from "bun:test";
import { sampleId, sampleInstance, sampleRequest } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

test("a result comes with whose it is and how long it took, and with nothing that is none", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  turn.observer.sessionIdentified("ses_child");
  const answering = rig.call("collect", { instanceId: id });
  rig.clock.advance(1500);
  rig.store.failing.add("result");
  turn.end({ text: "Found it." });
  const { metadata, title, value } = await answering;
  const agent = { instanceId: id, agent: "mimir", title: "Look around" };
  expect(value).toEqual({ ...agent, status: "done", result: "Found it.", elapsed: "1s" });
  expect(title).toBe("mimir done");
  expect(metadata).toEqual({ statuses: { [id]: "done" }, bizar: [{ instanceId: id, turn: 1 }] });
});

test("the last message of a turn, all of it, or that of all turns", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  rig.store.failing.add("result");
  turn.end({ words: ["I look.", "Found it."] });
  const result = async (scope?: string) => (await rig.call("collect", { instanceId: id, scope })).value.result;
  expect(await result()).toBe("Found it.");
  expect(await result("last")).toBe("Found it.");
  expect(await result("turn")).toBe("I look.\n\nFound it.");
  expect(await result("all")).toBe("I look.\n\nFound it.");
});

test("all turns of an agent elsewhere are read there; where nobody can, that is said with the last one", async () => {
  const rig = createToolRig();
  const [turn] = sampleInstance("done").turns;
  const turns = ["msg_1", "msg_2"].map((messageId) => ({ ...turn!, messageId }));
  const record = recordOf({ ...sampleInstance("done"), on: "east", turns });
  const { instanceId } = record;
  rig.foreign.set(instanceId, { ...record, sessionId: "ses_there" });
  const all = async () => (await rig.call("collect", { instanceId, scope: "all" })).value;
  rig.elsewhere.read = async (place) => [`first on ${place}`, "second"];
  expect((await all()).result).toBe("first on east\n\nsecond");
  rig.elsewhere.read = async () => undefined;
  expect((await all()).result).toStartWith("[its session is on east: of earlier turns nothing can be read here]\n\n");
  rig.elsewhere.read = async () => await Promise.reject(new Error("east is away"));
  expect((await all()).error).toContain("east is away");
});

test("a failure says why", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  turn.end({ exitCode: 1, text: "", sessionError: "boom happened" });
  const { value } = await rig.call("collect", { instanceId: id });
  expect(value).toMatchObject({ status: "failed", reason: "session_error", error: "boom happened", result: "" });
});

test("what was done and refused is told, also of one that was killed, and its last calls", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  const did = { changedFiles: ["a.ts", "src/b.ts"], moreChangedFiles: 3, lastCalls: ["bash: ls", "edit: a.ts"] };
  turn.observer.progressed({ ...sampleInstance("running").progress, ...did, refused: ["bash: rm -rf build"] });
  const killing = rig.call("kill", { instanceId: id });
  while (turn.stops === 0) await Promise.resolve();
  turn.end({ exitCode: 143, text: "" });
  await killing;
  const { value } = await rig.call("collect", { instanceId: id });
  expect(value).toMatchObject({ status: "killed", refused: ["bash: rm -rf build"], ...did });
});

test("of what there is none nothing is said, and of one that is done or runs no last calls", async () => {
  const rig = createToolRig();
  const { id, turn } = await rig.start();
  const progress = { ...sampleInstance("running").progress, lastCalls: ["bash: ls"] };
  turn.observer.sessionIdentified("ses_child");
  turn.observer.progressed(progress);
  const running = await rig.call("collect", { instanceId: id }, { abort: AbortSignal.abort() });
  turn.end();
  const done = await rig.call("collect", { instanceId: id });
  expect([running.value.status, done.value.status]).toEqual(["running", "done"]);
  for (const { value } of [running, done])
    for (const name of ["changedFiles", "moreChangedFiles", "refused", "lastCalls"])
      expect(value).not.toHaveProperty(name);
});

test("an agent whose record is removed during the wait is said to be gone", async () => {
  const rig = createToolRig();
  const ids = [sampleId(1), sampleId(2)];
  for (const id of ids) rig.foreign.set(id, recordOf(sampleInstance("running", { instanceId: id })));
  const [one, several] = [rig.call("collect", { instanceId: ids[0] }), rig.call("collect", { instanceIds: ids })];
  await Bun.sleep(0);
  rig.foreign.delete(ids[0]!);
  rig.foreign.set(ids[1]!, recordOf(sampleInstance("done", { instanceId: ids[1]! })));
  expect((await one).value).toEqual({ error: "instance not found", instanceId: ids[0] });
  expect((await several).value).toMatchObject([
    { error: "instance not found", instanceId: ids[0] },
    { instanceId: ids[1], status: "done" },
  ]);
});

describe("when the wait ends first", () => {
  test("the agent is left alone, and a second collect has the result", async () => {
    const rig = createToolRig();
    const { id, turn } = await rig.start();
    turn.observer.progressed({
      ...rig.supervisor.view(id)!.instance.progress,
      textPreview: "so far",
      activity: "writing",
    });
    const { value } = await rig.call("collect", { instanceId: id }, { abort: AbortSignal.abort() });
    expect(value).toMatchObject({ status: "running", result: "so far", note: expect.stringContaining("writing") });
    expect(turn.stops).toBe(0);
    rig.store.failing.add("result");
    turn.end({ text: "Found it." });
    expect((await rig.call("collect", { instanceId: id })).value).toMatchObject({
      status: "done",
      result: "Found it.",
    });
    expect((await rig.call("collect", { instanceId: id })).value).toMatchObject({
      status: "done",
      result: "Found it.",
    });
  });

  test("one that waits for a place is said to", async () => {
    const rig = createToolRig(1);
    await rig.start();
    const id = await rig.supervisor.spawn(sampleRequest());
    const { value } = await rig.call("collect", { instanceId: id }, { abort: AbortSignal.abort() });
    expect(value).toMatchObject({ status: "running", note: expect.stringContaining("still queued") });
  });
});

describe("several at once", () => {
  test("all: the answer comes when the last has ended", async () => {
    const rig = createToolRig();
    const agents = [await rig.start(), await rig.start(), await rig.start()];
    rig.store.failing.add("result");
    const instanceIds = agents.map(({ id }) => id);
    let isAnswered = false;
    const answering = rig.call("collect", { instanceIds }).finally(() => (isAnswered = true));
    agents[2]!.turn.end({ text: "three" });
    agents[0]!.turn.end({ text: "one" });
    await rig.supervisor.whenSettled(instanceIds[0]!);
    expect(isAnswered).toBe(false);
    agents[1]!.turn.end({ text: "two" });
    const { title, value } = await answering;
    expect(value).toMatchObject(["one", "two", "three"].map((result) => ({ status: "done", result })));
    expect(title).toBe("3 of 3 agents have ended");
  });

  test("any: the answer comes with the first, and tells of the others", async () => {
    const rig = createToolRig();
    const agents = [await rig.start(), await rig.start()];
    rig.store.failing.add("result");
    const instanceIds = agents.map(({ id }) => id);
    const answering = rig.call("collect", { instanceIds, wait: "any" });
    agents[1]!.turn.end({ text: "two" });
    expect((await answering).value).toMatchObject([{ status: "running" }, { status: "done", result: "two" }]);
    expect(agents[0]!.turn.stops).toBe(0);
  });

  test("any: another one's end is told once its record holds it", async () => {
    const rig = createToolRig();
    const agents = [await rig.start(), await rig.start()];
    const { catalog } = rig;
    const written = Promise.withResolvers<void>();
    const whenEnded = catalog.whenEnded.bind(catalog);
    catalog.whenEnded = async (id, signal) => {
      if (id === agents[1]!.id) await Promise.race([written.promise, orAborted(signal)]);
      await whenEnded(id, signal);
    };
    const answering = rig.call("collect", { instanceIds: agents.map(({ id }) => id), wait: "any" });
    for (const { turn } of agents) turn.end({ text: "said" });
    let isTold = false;
    void answering.then(() => (isTold = true));
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(isTold).toBe(false);
    written.resolve();
    expect((await answering).value).toMatchObject([{ status: "done" }, { status: "done" }]);
  });

  test("any: the waits for the others end with it", async () => {
    const rig = createToolRig();
    const agents = [await rig.start(), await rig.start()];
    const signals: AbortSignal[] = [];
    const { catalog } = rig;
    const whenEnded = catalog.whenEnded.bind(catalog);
    catalog.whenEnded = async (id, signal) => {
      signals.push(signal);
      await whenEnded(id, signal);
    };
    const answering = rig.call("collect", { instanceIds: agents.map(({ id }) => id), wait: "any" });
    agents[0]!.turn.end({ text: "" });
    await answering;
    expect(signals.slice(0, 2).map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test("one that is named twice is collected once", async () => {
    const rig = createToolRig();
    const { id, turn } = await rig.start();
    turn.end({ text: "" });
    expect((await rig.call("collect", { instanceIds: [id, id] })).value).toHaveLength(1);
  });
});

describe("what cannot be collected is an error", () => {
  const cases: [what: string, args: unknown, error: string][] = [
    ["neither instanceId nor instanceIds", {}, "which agents?"],
    ["an empty list", { instanceIds: [] }, "which agents?"],
    ["more than 32", { instanceIds: Array.from({ length: 33 }, (_, each) => sampleId(each)) }, '"instanceIds"'],
    ["an id that is none", { instanceId: "../x" }, "instance not found"],
    ["a list that holds an object", { instanceIds: [{ id: sampleId(1) }] }, '"instanceIds"'],
    ["a wait that is none", { instanceId: sampleId(1), timeoutMs: "abc" }, '"timeoutMs"'],
    ["an unknown way to wait", { instanceIds: [sampleId(1)], wait: "some" }, '"wait"'],
    ["an unknown scope", { instanceId: sampleId(1), scope: "first" }, '"scope"'],
  ];
  for (const [what, args, error] of cases) {
    test(what, async () => expect((await createToolRig().call("collect", args)).value.error).toContain(error));
  }

  test("an unknown id is named", async () => {
    const { value } = await createToolRig().call("collect", { instanceId: sampleId(7) });
    expect(value).toEqual({ error: "instance not found", instanceId: sampleId(7), agents: [] });
  });

  test("of several, those that are unknown are told of, and the others are waited for", async () => {
    for (const wait of ["all", "any"]) {
      const rig = createToolRig();
      const { id, turn } = await rig.start();
      const answering = rig.call("collect", { instanceIds: [sampleId(7), id, sampleId(8)], wait });
      await Bun.sleep(0);
      turn.end({ text: "Found." });
      expect((await answering).value).toMatchObject([
        { error: "instance not found", instanceId: sampleId(7), agents: [{ id: id.slice(-6), status: "pending" }] },
        { instanceId: id, status: "done" },
        { error: "instance not found", instanceId: sampleId(8) },
      ]);
    }
  });

  test("ids under both names are all collected, and so are several under that of one", async () => {
    const rig = createToolRig();
    const ids = [sampleId(1), sampleId(2)];
    for (const id of ids) rig.foreign.set(id, recordOf(sampleInstance("done", { instanceId: id })));
    for (const given of [
      { instanceId: ids[0], instanceIds: [ids[1]] },
      { instanceId: ids },
      { instanceIds: ids.join() },
    ]) {
      const { value } = await rig.call("collect", given);
      expect(value.map(({ instanceId }: { instanceId: string }) => instanceId)).toEqual(ids);
    }
    const { value } = await rig.call("collect", { instanceIds: `"${ids[0]}"`, timeoutMs: "5" });
    expect(value).toMatchObject([{ instanceId: ids[0], note: expect.stringContaining('timeoutMs "5" → 1000') }]);
  });
});

async function orAborted(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}
