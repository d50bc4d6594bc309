import { readFileSync, writeFileSync } from "node:fs";
import type { Plans } from "../../src/plans/plan-store-port.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { add, held, plansIn, thor } from "./plan-rig.ts";

export const asker = { sessionId: "ses_1" };

/** JSON of a file. */
// oxlint-disable-next-line typescript/no-explicit-any -- whatever the test writes
export type Content = Record<string, any>;

export interface Project {
  readonly folder: string;
  readonly plans: Plans;
  /** Changes a file of the plan past the store. */
  readonly write: (name: "plan.json" | "meta.json", change: (content: Content) => object) => void;
}

/** A project with a plan "a" of one task. */
export async function project(slug = "a"): Promise<Project> {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create(slug, "blank"));
  await plans.edit(slug, thor, [add("el_1", { type: "task", title: "First", x: 0, y: 0 })]);
  return {
    folder,
    plans,
    write(name, change) {
      const path = `${folder}/plans/${slug}/${name}`;
      writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8")))));
    },
  };
}

/** The same, approved by its user. */
export async function approved() {
  const given = await project();
  held(await given.plans.openReview("a", asker));
  held(await given.plans.decide("a", "approved"));
  return given;
}
