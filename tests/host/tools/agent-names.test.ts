import { describe, expect, test } from "bun:test";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { sampleInstance } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

const FIRST = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const SECOND = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FXW";

/** A rig with agents of another opencode: one at work, and one that has ended. */
function rigWith(...more: Partial<Instance>[]) {
  const rig = createToolRig();
  const given = [{ instanceId: FIRST, title: "Fix the tests" }, { instanceId: SECOND, title: "Docs" }, ...more];
  for (const each of given) {
    const instance = sampleInstance(each === given[0] ? "running" : "killed", each);
    rig.foreign.set(instance.instanceId, recordOf(instance, 777));
  }
  return rig;
}

const TOOLS: [tool: string, args: Record<string, unknown>][] = [
  ["status", {}],
  ["collect", {}],
  ["kill", {}],
  ["send_message", { prompt: "Go on." }],
];

describe("an agent is named by its id, the last six characters of it, or a title that is unique", () => {
  for (const [tool, args] of TOOLS) {
    for (const name of [FIRST, "9G5FAV", "9g5fav", "Fix the tests", "fix the tests"]) {
      test(`bizar_${tool} takes ${JSON.stringify(name)}, and answers with the whole id once`, async () => {
        const rig = rigWith();
        rig.owner.answer = () => ({ ok: false, reason: "no_reaction", error: "It did not react." });
        const call = { instanceId: name, ...args };
        const { output } = await rig.call(tool, call, { abort: AbortSignal.abort() });
        expect(output.split(FIRST)).toHaveLength(2);
        expect(output).not.toContain("not found");
      });
    }
  }
});

test("several are named each in its own way, and one that is none does not keep the others from it", async () => {
  const names = ["Docs", "9G5FAV", "no such"];
  const { value } = await rigWith().call("collect", { instanceIds: names }, { abort: AbortSignal.abort() });
  expect(value).toMatchObject([
    { instanceId: SECOND, status: "killed" },
    { instanceId: FIRST, status: "running" },
    { error: "instance not found", instanceId: "no such" },
  ]);
});

test("titles with commas are told apart in a list of them, and one agent is told of once", async () => {
  const rig = rigWith({ instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", title: "Read a.ts, b.ts; report" });
  const lists: [names: unknown, ids: string[]][] = [
    ["Read a.ts, b.ts; report", ["bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ"]],
    ["Docs, read a.ts, b.ts; report,fix the tests", [SECOND, "bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", FIRST]],
    [["Docs\nFix the tests"], [SECOND, FIRST]],
    [["Docs", SECOND, "docs", "9G5FXW"], [SECOND]],
    [
      ["bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", "9g5fav"],
      ["bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", FIRST],
    ],
    ["Docs, no such", [SECOND, "no such"]],
    ["no such, nor this", ["no such, nor this"]],
  ];
  for (const [instanceIds, ids] of lists) {
    const { value } = await rig.call("collect", { instanceIds }, { abort: AbortSignal.abort() });
    expect([value].flat().map(({ instanceId }: { instanceId: string }) => instanceId)).toEqual(ids);
  }
});

test("a title may be given as what it is", async () => {
  const aborted = { abort: AbortSignal.abort() };
  for (const args of [{ title: "Docs" }, { titles: ["docs"] }, { name: "`Docs`" }]) {
    expect((await rigWith().call("collect", args, aborted)).value).toMatchObject({ instanceId: SECOND });
    expect((await rigWith().call("status", args)).value).toMatchObject([{ instanceId: SECOND }]);
  }
});

test("a message is for one agent, whose title may have commas", async () => {
  const rig = rigWith({ instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", title: "Docs, Fix the tests" });
  const send = async (instanceId: string) =>
    (await rig.call("send_message", { instanceId, prompt: "Go on." }, { abort: AbortSignal.abort() })).value;
  expect(await send("docs, fix the tests")).toMatchObject({ instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ" });
  expect(await send("Fix the tests, Docs")).toMatchObject({ error: "instance not found" });
});

test("a name that several have is an error that names them, and nothing is done", async () => {
  const twin = { instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5QQQ", title: "fix the TESTS" };
  const rig = rigWith(twin);
  const { value } = await rig.call("kill", { instanceId: "FIX THE TESTS" });
  expect(value).toEqual({
    error: '2 agents are called "FIX THE TESTS": say which by the last 6 characters of its id',
    instanceId: "FIX THE TESTS",
    agents: [
      { id: "9G5FAV", agent: "mimir", title: "Fix the tests", status: "running" },
      { id: "9G5QQQ", agent: "mimir", title: "fix the TESTS", status: "killed" },
    ],
  });
  expect(rig.owner.asked).toEqual([]);
});
