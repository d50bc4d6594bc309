import { describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Plans } from "../../src/plans/plan-store-port.ts";
import { standingWords } from "../../src/plans/standing-words.ts";
import { add, held, person, thor } from "./plan-rig.ts";
import { approved, asker, project, type Content, type Project } from "./project-rig.ts";

async function words(plans: Plans, slug = "a"): Promise<string | undefined> {
  const stored = held(await plans.read(slug));
  return standingWords(stored, stored.meta.review.decision);
}

/** Where the ledger of a project is. */
function ledgerFile({ folder }: Project) {
  const root = `${folder}/state/decisions`;
  const project = readdirSync(root).find((name) => name !== "key") ?? "";
  return { root, folder: `${root}/${project}`, path: `${root}/${project}/a.json` };
}

function update(changes: object) {
  return [{ op: "update_element", id: "el_1", changes } as const];
}

async function why({ plans }: Project) {
  return (await plans.holds([])).map((hold) => hold.why.kind);
}

const NOT_YOURS = "not decided: approved is set in the file, not decided by you";
const decidedAt = "2026-01-01T00:00:00.000Z";
const FORGED = { state: "decided", decision: "approved", decidedBy: "user", decidedAt };

describe("a decision in the files alone is none", () => {
  test.each([
    ["its status", (meta: object) => ({ ...meta, status: "approved" })],
    ["its review", (meta: object) => ({ ...meta, review: FORGED })],
    ["both", (meta: object) => ({ ...meta, status: "approved", review: FORGED })],
    ["both, as done", (meta: object) => ({ ...meta, status: "done", review: FORGED })],
  ])("where somebody writes %s into meta.json", async (_, change) => {
    const { plans, write } = await project();
    write("meta.json", change);
    const stored = held(await plans.read("a"));
    expect(stored).toMatchObject({ claimed: "approved", meta: { review: { state: "none" } } });
    expect(stored.meta.status).not.toBe("approved");
    expect(await words(plans)).toBe(NOT_YOURS);
    expect(held(await plans.list())[0]).toMatchObject({ claimed: "approved" });
  });

  test("while a review is open, which stays open for the session that asked", async () => {
    const { plans, write } = await project();
    held(await plans.openReview("a", asker));
    write("meta.json", (meta) => ({ ...meta, status: "approved", review: { ...meta.review, ...FORGED } }));
    expect(held(await plans.read("a")).meta.review).toMatchObject({ state: "open", askedBy: asker });
    write("meta.json", (meta) => ({ ...meta, review: { state: "none" } }));
    expect(held(await plans.read("a")).meta.review).toMatchObject({ state: "open", askedBy: asker });
    expect(await plans.holds([])).toMatchObject([{ slug: "a", why: { kind: "open" } }]);
  });

  test("against what was decided", async () => {
    const { plans, write } = await project();
    held(await plans.decide("a", "rejected"));
    write("meta.json", (meta) => ({ ...meta, status: "approved", review: { ...meta.review, decision: "approved" } }));
    expect(held(await plans.read("a"))).toMatchObject({ claimed: "approved", meta: { status: "rejected" } });
  });

  test("in a copy of the project elsewhere, and in one that takes its place", async () => {
    const { folder, plans } = await project();
    held(await plans.decide("a", "approved"));
    cpSync(`${folder}/plans`, `${folder}/clone/plans`, { recursive: true });
    const { DecisionFiles } = await import("../../src/store/decision-files.ts");
    const { createPlans } = await import("../../src/plans/file-plans.ts");
    const { systemClock } = await import("../../src/lib/system-clock.ts");
    const at = `${folder}/clone/plans`;
    const clone = createPlans({ folder: at, clock: systemClock, ledger: new DecisionFiles(`${folder}/state`, at) });
    expect(await words(clone)).toBe(NOT_YOURS);
    expect(await words(plans)).toBeUndefined();
  });

  test("in a copy under another slug, and of another plan with the old one's files", async () => {
    const { folder, plans } = await project();
    held(await plans.decide("a", "approved"));
    cpSync(`${folder}/plans/a`, `${folder}/plans/b`, { recursive: true });
    expect(await words(plans, "b")).toBe(NOT_YOURS);
    const meta = readFileSync(`${folder}/plans/a/meta.json`, "utf8");
    held(await plans.delete("a"));
    held(await plans.create("a", "blank"));
    writeFileSync(`${folder}/plans/a/meta.json`, meta);
    expect(await words(plans)).toBe(NOT_YOURS);
  });

  test("of before there was a ledger: an edit leaves the claim, and one decision confirms it", async () => {
    const { plans, write } = await project();
    write("plan.json", (plan) => ({ ...plan, id: undefined, digest: undefined }));
    write("meta.json", (meta) => ({ ...meta, status: "approved", review: FORGED }));
    expect(await words(plans)).toBe(NOT_YOURS);
    await plans.edit("a", thor, [{ op: "update_element", id: "el_1", changes: { title: "Second" } }]);
    expect(await words(plans)).toBe(NOT_YOURS);
    held(await plans.decide("a", "approved"));
    expect(held(await plans.read("a")).meta).toMatchObject({ status: "approved", review: { state: "decided" } });
    expect(await words(plans)).toBeUndefined();
  });
});

describe("the ledger", () => {
  test("is its user's alone", async () => {
    const given = await project();
    held(await given.plans.decide("a", "approved"));
    const { root, folder, path } = ledgerFile(given);
    expect([root, folder].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
    expect([path, `${root}/key`].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  test.each([
    ["is written without the key", (text: string) => text.replace('"rejected"', '"approved"')],
    ["has no code", (text: string) => text.replace(/"code":"\w+"/, '"code":""')],
    ["is no JSON", () => "{"],
    ["is empty", () => ""],
  ])("an entry that %s is none", async (_, forge) => {
    const given = await project();
    held(await given.plans.decide("a", "rejected"));
    const { path } = ledgerFile(given);
    writeFileSync(path, forge(readFileSync(path, "utf8")));
    expect(held(await given.plans.read("a")).meta).toMatchObject({ status: "in-progress", review: { state: "none" } });
  });

  test("an entry of another plan that is put in its place is none", async () => {
    const given = await project();
    held(await given.plans.create("b", "blank"));
    held(await given.plans.decide("a", "approved"));
    given.write("plan.json", (plan) => plan);
    const { folder, path } = ledgerFile(given);
    cpSync(path, `${folder}/b.json`);
    writeFileSync(`${given.folder}/plans/b/plan.json`, readFileSync(`${given.folder}/plans/a/plan.json`));
    expect(held(await given.plans.read("b")).meta.review.state).toBe("none");
  });

  test("without its key nothing is decided, and what is decided then holds", async () => {
    const given = await project();
    held(await given.plans.decide("a", "approved"));
    rmSync(`${ledgerFile(given).root}/key`);
    expect(await words(given.plans)).toBe(NOT_YOURS);
    held(await given.plans.decide("a", "approved"));
    expect(await words(given.plans)).toBeUndefined();
  });

  test("keeps an entry as long as the plan: while its folder is away as well, and no longer than that", async () => {
    const given = await project();
    held(await given.plans.decide("a", "approved"));
    renameSync(`${given.folder}/plans`, `${given.folder}/elsewhere`);
    expect((await given.plans.read("a")).ok).toBe(false);
    renameSync(`${given.folder}/elsewhere`, `${given.folder}/plans`);
    expect(await words(given.plans)).toBeUndefined();
    held(await given.plans.delete("a"));
    expect(readdirSync(ledgerFile(given).folder)).toEqual([]);
  });

  test("a decision that cannot be entered is not made", async () => {
    const given = await project();
    mkdirSync(`${given.folder}/state`);
    writeFileSync(`${given.folder}/state/decisions`, "in the way");
    expect(await given.plans.decide("a", "approved")).toMatchObject({ ok: false, problem: { reason: "unwritable" } });
    expect(held(await given.plans.read("a")).meta.status).toBe("draft");
  });
});

describe("a decision is of a revision", () => {
  test("one on another than the plan has is not made, and says what has changed", async () => {
    const { plans } = await project();
    const { revision } = held(await plans.read("a")).plan;
    await plans.edit("a", thor, [{ op: "update_element", id: "el_1", changes: { title: 'Delete "all"' } }]);
    const refused = await plans.decide("a", "approved", undefined, revision);
    expect(refused).toMatchObject({
      ok: false,
      problem: { reason: "changed", message: expect.stringContaining(String.raw`"Delete \"all\"" updated (title)`) },
    });
    expect(held(await plans.read("a")).meta.status).toBe("draft");
    held(await plans.decide("a", "approved", undefined, revision + 1));
  });

  test.each([
    ["as an editor does", (plan: Content) => plan],
    ["and its revision", (plan: Content) => ({ ...plan, revision: plan.revision + 1 })],
    ["and its digest", (plan: Content) => ({ ...plan, digest: undefined })],
  ])("what is changed past the store is seen %s", async (_, more) => {
    const { plans, write } = await project();
    const { revision } = held(await plans.read("a")).plan;
    write("plan.json", (plan) => more({ ...plan, elements: [{ ...plan.elements[0], content: "rm -rf /" }] }));
    expect(await plans.decide("a", "approved", undefined, revision)).toMatchObject({ problem: { reason: "changed" } });
  });
});

describe("what is changed after an approval", () => {
  test("by an agent shows, and closes the gate until it is taken back", async () => {
    const given = await approved();
    const { plans } = given;
    expect(await why(given)).toEqual([]);
    await plans.edit("a", thor, [...update({ title: "Another" }), add("el_2", { x: 400, y: 0 })]);
    expect(await words(plans)).toBe("changed since you approved (2)");
    expect(held(await plans.list())[0]?.changedSince).toHaveLength(2);
    expect(await why(given)).toEqual(["changed"]);
    await plans.edit("a", thor, [...update({ title: "First" }), { op: "delete_element", id: "el_2" }]);
    expect([await words(plans), await why(given)]).toEqual([undefined, []]);
  });

  test.each([
    ["ticks", { done: true }],
    ["places", { x: 300, y: 20 }],
    ["sizes", { width: 500, height: 300 }],
  ])("%s close nothing", async (_, changes) => {
    const given = await approved();
    await given.plans.edit("a", thor, update(changes));
    expect(await words(given.plans)).toBe("ticked or moved since (1)");
    expect(await why(given)).toEqual([]);
  });

  test("what was placed by itself, and stays where it is, is no change", async () => {
    const given = await project();
    await given.plans.edit("a", thor, [add("el_2"), add("el_3")]);
    held(await given.plans.openReview("a", asker));
    held(await given.plans.decide("a", "approved"));
    await given.plans.edit("a", thor, update({ title: "x" }));
    const [, two] = held(await given.plans.read("a")).plan.elements.slice(-2);
    expect(two?.autoPlaced).toBeUndefined();
    expect(await words(given.plans)).toBe("changed since you approved (1)");
  });

  test.each([
    ["a title", { title: "x" }],
    ["a content", { content: "x" }],
    ["a type", { type: "note" }],
    ["an answer", { answer: "x" }],
    ["a key that is not known", { "x-instructions": "x" }],
    ["a tick and a title", { done: true, title: "x" }],
  ])("%s closes it", async (_, changes) => {
    const given = await approved();
    await given.plans.edit("a", thor, update(changes));
    expect(await why(given)).toEqual(["changed"]);
  });

  test("past the store counts, whoever the file says did it, and the plan's title", async () => {
    const given = await approved();
    given.write("plan.json", (plan) => ({ ...plan, title: "Another", elements: [] }));
    expect(await words(given.plans)).toBe("changed since you approved (3)");
    await given.plans.edit("a", thor, [add("el_3", { x: 0, y: 0 })]);
    expect(held(await given.plans.read("a")).plan.edits?.at(-2)?.by).toEqual({ kind: "person" });
    expect(await words(given.plans)).toBe("changed since you approved (4)");
    expect(await why(given)).toEqual(["changed"]);
  });

  test("by the person themselves is what they approved, and an agent's change beside it is not", async () => {
    const given = await approved();
    await given.plans.edit("a", person, [...update({ title: "Mine" }), add("el_2", { x: 400, y: 0 })]);
    expect(await words(given.plans)).toBeUndefined();
    await given.plans.edit("a", thor, update({ content: "theirs" }));
    await given.plans.edit("a", person, update({ title: "Mine again" }));
    expect(await words(given.plans)).toBe("changed since you approved (1)");
    await given.plans.edit("a", person, update({ content: "mine" }));
    await given.plans.edit("a", person, [{ op: "delete_element", id: "el_2" }]);
    expect(await words(given.plans)).toBeUndefined();
  });

  test("is approved with the next decision, and put up again before it", async () => {
    const given = await approved();
    const { plans } = given;
    held(await plans.told("a", held(await plans.read("a")).meta.review.decidedAt ?? ""));
    await plans.edit("a", thor, update({ title: "Another" }));
    held(await plans.openReview("a", asker));
    expect(await why(given)).toEqual(["open"]);
    held(await plans.decide("a", "approved"));
    expect([await words(plans), await why(given)]).toEqual([undefined, []]);
  });

  test("after another decision it is told, and closes nothing", async () => {
    const given = await project();
    held(await given.plans.openReview("a", asker));
    held(await given.plans.decide("a", "changes_requested"));
    await given.plans.edit("a", thor, update({ title: "Better" }));
    expect(await words(given.plans)).toBe("changed since you asked for changes (1)");
    expect(await why(given)).toEqual([]);
  });
});

describe("a review that is open holds", () => {
  test("when its plan is deleted past the store, and when another one is put in its place", async () => {
    const { folder, plans } = await project();
    held(await plans.openReview("a", asker));
    rmSync(`${folder}/plans/a`, { recursive: true });
    expect(await plans.holds([])).toMatchObject([{ askedBy: asker, why: { kind: "gone" } }]);
    held(await plans.create("a", "blank"));
    expect(await plans.holds([])).toMatchObject([{ askedBy: asker, why: { kind: "gone" } }]);
    held(await plans.openReview("a", asker));
    expect(await plans.holds([])).toMatchObject([{ askedBy: asker, why: { kind: "open" } }]);
    held(await plans.decide("a", "approved"));
    expect(await plans.holds([])).toEqual([]);
  });

  test("when its file is broken; and no more when the person deletes it, though it is gone already", async () => {
    const { folder, plans } = await project();
    held(await plans.openReview("a", asker));
    writeFileSync(`${folder}/plans/a/plan.json`, "{");
    expect(await plans.holds([])).toMatchObject([{ why: { kind: "unreadable" } }]);
    rmSync(`${folder}/plans`, { recursive: true });
    expect(await plans.holds([])).toMatchObject([{ why: { kind: "gone" } }]);
    held(await plans.delete("a"));
    expect(await plans.holds([])).toEqual([]);
  });

  test("when only its file tells of it, as an earlier version left it", async () => {
    const { plans, write } = await project();
    write("meta.json", (meta) => ({ ...meta, review: { state: "open", askedBy: asker, askedAt: decidedAt } }));
    expect(await plans.holds(["a"])).toMatchObject([{ askedBy: asker, why: { kind: "open" } }]);
  });
});
