import { expect, test } from "bun:test";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PlanProgress } from "../../src/terminal/plan-progress.ts";
import { planKey, type TasksDone } from "../../src/terminal/tasks-done.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";

const task = (id: string, done: boolean) => ({ id, type: "task", x: 0, y: 0, title: id, done });

async function followed() {
  const folder = temporaryFolder();
  const place = { folder, slug: "cache" };
  const path = join(folder, "cache");
  await mkdir(path, { recursive: true });
  let known: ReadonlyMap<string, TasksDone> = new Map();
  const progress = new PlanProgress((now) => (known = now));
  const write = async (...elements: object[]) => {
    await writeFile(join(path, "plan.json.new"), JSON.stringify({ title: "The cache", elements, connections: [] }));
    await rename(join(path, "plan.json.new"), join(path, "plan.json"));
  };
  return { place, path, progress, write, now: () => known.get(planKey(place)) };
}

test("how many tasks of a plan are done is told at first and after each change, until nobody works from it", async () => {
  const { place, path, progress, write, now } = await followed();
  await write(task("el_a", true), task("el_b", false), { id: "el_c", type: "note", x: 0, y: 0, text: "words" });
  progress.follow([place, place]);
  await until("it is read", () => now() !== undefined);
  expect(now()).toEqual({ title: "The cache", done: 1, tasks: 2 });
  await write(task("el_a", true), task("el_b", true));
  await until("the change is read", () => now()?.done === 2);
  await rm(path, { recursive: true });
  await until("it is gone", () => now() === undefined);
  // It is made again, and an agent works from it once more.
  await mkdir(path);
  await write(task("el_a", false));
  progress.follow([place]);
  await until("it is there again", () => now()?.done === 0);
  await write(task("el_a", true));
  await until("and followed", () => now()?.done === 1);
  progress.follow([]);
  await write(task("el_a", false));
  progress.follow([place]);
  await until("it is read anew", () => now()?.done === 0);
  progress.close();
});

test("what is no plan, has no task or no fitting name is left out, without an error", async () => {
  const { place, path, progress, write, now } = await followed();
  progress.follow([place, { ...place, slug: "../cache" }, { ...place, slug: "missing" }]);
  await writeFile(join(path, "plan.json"), "{ half");
  await write({ id: "el_c", type: "note", x: 0, y: 0, text: "words" });
  await write(task("el_a", false));
  await until("the task is read", () => now()?.tasks === 1);
  await write();
  await until("there is none any more", () => now() === undefined);
  progress.close();
});
