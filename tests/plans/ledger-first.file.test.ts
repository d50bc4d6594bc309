import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { held, thor } from "./plan-rig.ts";
import { approved, asker, project } from "./project-rig.ts";

describe("between the writing of the ledger and that of the files", () => {
  test.each(["approved", "changes_requested", "rejected"] as const)("a plan that was %s is so", async (decision) => {
    const given = await project();
    held(await given.plans.openReview("a", asker));
    const path = `${given.folder}/plans/a/meta.json`;
    const before = readFileSync(path);
    held(await given.plans.decide("a", decision));
    writeFileSync(path, before);
    expect(held(await given.plans.read("a")).meta).toMatchObject({ status: decision, review: { decision } });
  });

  test("an earlier decision is none where a later one was made", async () => {
    const given = await approved();
    const path = `${given.folder}/plans/a/meta.json`;
    held(await given.plans.setStatus("a", thor, "in-progress"));
    const before = readFileSync(path);
    held(await given.plans.decide("a", "rejected"));
    writeFileSync(path, before);
    expect(held(await given.plans.read("a")).meta).toMatchObject({ status: "rejected" });
  });

  test("what an agent says of its work after the decision stands", async () => {
    const { plans } = await approved();
    held(await plans.setStatus("a", thor, "in-progress"));
    expect(held(await plans.read("a")).meta).toMatchObject({ status: "in-progress", review: { decision: "approved" } });
  });
});
