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
import { add, held, plansIn, thor } from "./plan-rig.ts";

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

test.skipIf(!canMount)("an edit whose meta.json cannot be written is done, and reads as it was answered", async () => {
  const folder = temporaryFolder((made) => Bun.spawnSync(["umount", "-l", `${made}/plans/a/meta.json`]));
  const plans = plansIn(folder);
  const { meta } = held(await plans.create("a", "blank", "Old"));
  const metaFile = `${folder}/plans/a/meta.json`;
  // What something is mounted on can be read, but not be replaced.
  expect(Bun.spawnSync(["mount", "--bind", metaFile, metaFile]).exitCode).toBe(0);
  const edited = await plans.edit("a", thor, [{ op: "set_title", title: "New" }, add("el_1")]);
  if (!edited.ok || !("stored" in edited)) throw new Error(JSON.stringify(edited));
  expect(edited.stored.meta.lastEdited > meta.lastEdited).toBe(true);
  expect(edited.stored).toMatchObject({ plan: { title: "New", revision: 2 }, meta: { title: "New" } });
  expect(held(await plansIn(folder).read("a"))).toEqual(edited.stored);
  expect(await plans.decide("a", "approved")).toMatchObject({ ok: false, problem: { reason: "unwritable" } });
  expect(held(await plans.read("a")).meta.status).toBe("draft");
});

test("a plan whose file is as it was is not made anew, and one that was changed by hand is", async () => {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  for (const slug of ["a", "b"]) held(await plans.create(slug, "blank", "As it was"));
  const path = `${folder}/plans/a/plan.json`;
  const read = async () => held(await plans.read("a")).plan;
  const first = await read();
  expect((await plans.list()).ok).toBe(true);
  expect(await read()).toBe(first);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("As it was", "By hand"));
  expect((await read()).title).toBe("By hand");
  writeFileSync(path, "{");
  expect(await plans.read("a")).toMatchObject({ ok: false, problem: { reason: "broken" } });
  writeFileSync(path, text);
  expect((await read()).title).toBe("As it was");
});
