import { describe, expect, test } from "bun:test";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "../temporary-folder.ts";
import { add, held, person, plansIn, thor } from "./plan-rig.ts";

/** A project with a plan `a`. */
async function project() {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank", "A plan"));
  return { folder, plans, planFile: `${folder}/plans/a/plan.json` };
}

describe("a plan's history", () => {
  test("tells who made what of it, from how it began, and leaves out comments and looks", async () => {
    const { plans } = await project();
    await plans.edit("a", thor, [add("el_1", { title: "One", x: 0, y: 0 })]);
    await plans.edit("a", person, [{ op: "add_comment", comment: { id: "c_1", elementId: null, text: "Hm" } }]);
    await plans.edit("a", person, [{ op: "set_viewport", viewport: { x: 1, y: 2, zoom: 1 } }]);
    await plans.edit("a", person, [{ op: "update_element", id: "el_1", changes: { title: "Two" } }]);
    await plans.edit("a", thor, [{ op: "set_title", title: "Another" }]);
    const history = held(await plans.history("a"));
    expect(history.map(({ by, title, elements }) => [by, title, elements.at(-1)?.title])).toEqual([
      [null, "A plan", expect.any(String)],
      [thor, "A plan", "One"],
      [person, "A plan", "Two"],
      [thor, "Another", "Two"],
    ]);
    expect(history.map(({ revision }) => revision)).toEqual([1, 2, 5, 6]);
  });

  test("has an edit by hand as the person's own, and goes with its plan", async () => {
    const { plans, planFile } = await project();
    await plans.edit("a", thor, [add("el_1", { title: "One", x: 0, y: 0 })]);
    writeFileSync(planFile, readFileSync(planFile, "utf8").replace('"One"', '"By hand"'));
    await plans.edit("a", thor, [add("el_2", { title: "Two", x: 0, y: 400 })]);
    const latest = held(await plans.history("a")).slice(-2);
    expect(
      latest.map(({ by, elements }) => [
        by,
        elements
          .slice(-2)
          .map(({ title }) => title)
          .join(),
      ]),
    ).toMatchObject([
      [person, expect.stringContaining("By hand")],
      [thor, "By hand,Two"],
    ]);
    await plans.delete("a");
    held(await plans.create("a", "blank"));
    expect(held(await plans.history("a"))).toEqual([]);
  });

  test("that cannot be written keeps no edit from being done, and a link in its place is not followed", async () => {
    const { folder, plans } = await project();
    writeFileSync(`${folder}/elsewhere`, "{}");
    symlinkSync(`${folder}/elsewhere`, `${folder}/plans/a/plan.json.history`);
    const edited = await plans.edit("a", thor, [add("el_1")]);
    expect(edited.ok).toBe(true);
    expect(readFileSync(`${folder}/elsewhere`, "utf8")).toBe("{}");
    const link = await plans.history("a");
    expect(link.ok ? "" : link.problem.reason).toBe("link");
  });
});
