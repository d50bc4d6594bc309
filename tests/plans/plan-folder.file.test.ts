import { expect, test } from "bun:test";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { canMount, fillDisk, smallDisk } from "../store/small-disk.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { held, plansIn } from "./plan-rig.ts";

test("a file of the user's own in the meta.json's place is left as it is, and no plan is made over it", async () => {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank"));
  mkdirSync(`${folder}/plans/site`);
  writeFileSync(`${folder}/plans/site/meta.json`, "precious");
  const made = await plans.create("site", "blank");
  expect(made).toMatchObject({ ok: false, problem: { reason: "exists" } });
  expect(made.ok ? "" : made.problem.message).toContain(`${folder}/plans/site/meta.json`);
  expect(readFileSync(`${folder}/plans/site/meta.json`, "utf8")).toBe("precious");
  expect(readdirSync(`${folder}/plans/site`)).toEqual(["meta.json"]);
});

test.skipIf(!canMount)("a plan that finds no room leaves nothing that keeps it from being made", async () => {
  const folder = smallDisk();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank"));
  const giveBack = fillDisk(folder);
  // Room for one small file: the meta.json, but not the plan.json.
  truncateSync(`${folder}/filler`, statSync(`${folder}/filler`).size - 4096);
  expect(await plans.create("site", "blank")).toMatchObject({ ok: false, problem: { reason: "unwritable" } });
  expect(readdirSync(`${folder}/plans/site`)).toEqual([]);
  giveBack();
  held(await plans.create("site", "blank"));
});

test("what is in the place of the folder of all plans is told by who lists them", async () => {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank"));
  renameSync(`${folder}/plans`, `${folder}/elsewhere`);
  symlinkSync(`${folder}/elsewhere`, `${folder}/plans`);
  expect(await plans.list()).toMatchObject({ ok: false, problem: { reason: "link" } });
  rmSync(`${folder}/plans`);
  writeFileSync(`${folder}/plans`, "");
  expect(await plans.list()).toMatchObject({ ok: false, problem: { reason: "broken" } });
});
