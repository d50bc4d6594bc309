import { expect, test } from "bun:test";
import { PlanTasks } from "../../../src/host/plans/plan-tasks.ts";
import type { CatalogEntry, ListedEntry } from "../../../src/fleet/instance-catalog.ts";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { createPlanRig } from "../plan-rig.ts";

async function rig() {
  const { plans, act } = createPlanRig();
  await act("draw", {
    elements: [
      { name: "table", type: "task", title: "Add the table" },
      { name: "mail", type: "task", title: "Send the mail" },
      { name: "why", title: "Why" },
    ],
  });
  const records: object[] = [];
  const reports: string[] = [];
  const entries = <Entry>() => records.map((record) => ({ record }) as Entry);
  const tasks = new PlanTasks({
    plans: async () => plans,
    catalog: async () => ({
      list: async () => entries<ListedEntry>(),
      find: async (id) => entries<CatalogEntry>().find(({ record }) => record.instanceId === id),
    }),
    report: (message) => void reports.push(message),
  });
  const doneOf = async () => {
    const read = await plans.read("x");
    return read.ok ? read.value.plan.elements.flatMap(({ id, done }) => (done === true ? [id] : [])) : [];
  };
  return { plans, tasks, records, reports, doneOf, folder: plans.folder };
}

test.each([
  ["x/el_table", "el_table"],
  ["x/table", "el_table"],
  ["x / Add the table", "el_table"],
  ["x#mail", "el_mail"],
  ["plans/x/Send the mail", "el_mail"],
  ["x: why", "el_why"],
])("the task %p is found", async (text, elementId) => {
  const { tasks, folder } = await rig();
  expect(await tasks.resolve(text)).toEqual({ folder, slug: "x", elementId });
});

test.each([
  ["table", "planTask is the plan's slug and the task's id or title"],
  ["y/table", 'There is no plan "y"'],
  ["x/Nothing", 'Tasks that are open: el_table "Add the table", el_mail "Send the mail".'],
  ["../x/table", "planTask is the plan's slug"],
  ["/x", "planTask is the plan's slug"],
])("of %p it is said what is wrong", async (text, says) => {
  const { tasks } = await rig();
  expect(await tasks.resolve(text)).toContain(says);
});

test("a task is ticked once, in its own project, and what is none stays", async () => {
  const { tasks, doneOf, folder, plans, reports } = await rig();
  await tasks.tick({ folder: "/elsewhere/plans", slug: "x", elementId: "el_table" }, "thor");
  expect(await doneOf()).toEqual([]);
  await tasks.tick({ folder, slug: "x", elementId: "el_why" }, "thor");
  await tasks.tick({ folder, slug: "x", elementId: "el_gone" }, "thor");
  await tasks.tick({ folder, slug: "gone", elementId: "el_table" }, "thor");
  await tasks.tick({ folder, slug: "x", elementId: "el_table" }, "thor");
  const read = await plans.read("x");
  const revision = read.ok ? read.value.plan.revision : 0;
  await tasks.tick({ folder, slug: "x", elementId: "el_table" }, "thor");
  expect(await doneOf()).toEqual(["el_table"]);
  const again = await plans.read("x");
  expect(again.ok && again.value.plan.revision).toBe(revision);
  expect(reports).toEqual([]);
});

test("who works on a plan is told by the element, the last that was sent out, what they do while they do it", async () => {
  const { tasks, records, folder } = await rig();
  const task = (elementId: string, more: object) => ({
    ...{ planTask: { folder, slug: "x", elementId }, agent: "thor", activity: "tool bash: bun test" },
    ...more,
  });
  records.push(
    task("el_table", { instanceId: "bgr_1", status: "failed" }),
    task("el_table", { instanceId: "bgr_2", status: "running" }),
    task("el_mail", { instanceId: "bgr_3", status: "done" }),
    { instanceId: "bgr_4", status: "running", planTask: null },
    {
      ...task("el_mail", { instanceId: "bgr_5", status: "running" }),
      planTask: { folder: "/b", slug: "x", elementId: "el_mail" },
    },
  );
  expect(await tasks.atWork("x")).toEqual([
    { elementId: "el_table", instanceId: "bgr_2", agent: "thor", status: "running", activity: "tool bash: bun test" },
    { elementId: "el_mail", instanceId: "bgr_3", agent: "thor", status: "done" },
  ]);
  expect(await tasks.atWork("y")).toEqual([]);
});

test("a task is ticked by the end of its agent, or, where that works in a folder of its own, by what it changed being applied", async () => {
  const { tasks, records, doneOf, folder, reports } = await rig();
  const ended = async (elementId: string, status: "done" | "failed", changes?: object) =>
    await tasks.ended({
      ...{ planTask: { folder, slug: "x", elementId }, agent: "thor" },
      ...({ state: { status }, changes } as unknown as Pick<Instance, "state" | "changes">),
    });
  await ended("el_table", "failed");
  await ended("el_mail", "done", { files: [] });
  expect(await doneOf()).toEqual([]);
  await ended("el_table", "done");
  expect(await doneOf()).toEqual(["el_table"]);
  records.push(
    { instanceId: "bgr_1", agent: "thor", planTask: { folder, slug: "x", elementId: "el_mail" } },
    { instanceId: "bgr_2", agent: "thor", planTask: null },
  );
  await tasks.applied("bgr_2");
  await tasks.applied("bgr_gone");
  expect(await doneOf()).toEqual(["el_table"]);
  await tasks.applied("bgr_1");
  expect(await doneOf()).toEqual(["el_table", "el_mail"]);
  expect(reports).toEqual([]);
});
