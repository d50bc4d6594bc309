import { describe, expect, onTestFinished, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { feedbackSince } from "../../src/plans/feedback.ts";
import type { PlanProblem, Plans, Result, StoredPlan } from "../../src/plans/plan-store-port.ts";
import type { BaseClock } from "../../src/lib/clock.ts";
import { PlanWatch, type Sight } from "../../src/plans/watch-plan.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";
import { add, held, person, plansIn, thor } from "./plan-rig.ts";

/** What a watch has told so far: revisions, or the reasons of problems. */
function watched(
  plans: Plans,
  slug = "a",
): { readonly told: (number | string)[]; readonly last: () => StoredPlan | undefined } {
  const told: (number | string)[] = [];
  let last: StoredPlan | undefined;
  const watch = plans.watch(slug, (now) => {
    if (now.ok) last = now.value;
    told.push(now.ok ? now.value.plan.revision : now.problem.reason);
  });
  onTestFinished(() => watch.close());
  return { told, last: () => last };
}

/** What a system does that has no watch left. */
function watchNothing(_folder: string, _changed: unknown, failed: (error: unknown) => void): { close(): void } {
  failed(new Error("no watch left"));
  return { close() {} };
}

function sight(reason: PlanProblem["reason"]): Sight {
  return { result: { ok: false, problem: { reason, message: "" } }, fingerprint: reason };
}

const absent = sight("not_found");

/** A folder, timers that the test ends, and what is seen look by look. */
function rig(sights: readonly Sight[]) {
  const planFolder = `${temporaryFolder()}/plans/a`;
  mkdirSync(planFolder, { recursive: true });
  const timers: { delayMs: number; run: () => void }[] = [];
  const clock: BaseClock = {
    now: () => 0,
    after(delayMs, run) {
      const timer = { delayMs, run };
      timers.push(timer);
      return { clear: () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1)) };
    },
  };
  let looks = 0;
  const look = async (): Promise<Sight> => {
    looks += 1;
    return sights[looks - 1] ?? absent;
  };
  return { planFolder, timers, clock, look, looks: () => looks };
}

async function project(): Promise<{ folder: string; plans: Plans; other: Plans; file: string }> {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank"));
  // What another process has: nothing of the first one's is known to it.
  return { folder, plans, other: plansIn(folder), file: `${folder}/plans/a/plan.json` };
}

function change(file: string, from: string | RegExp, to: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
}

describe("a watch", () => {
  test("tells of the plan at first, then of each change by others", async () => {
    const { plans, other } = await project();
    const { told } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    for (let revision = 2; revision <= 6; revision += 1) {
      held(await other.edit("a", thor, [add(`el_${revision}`)]).then(async () => await other.read("a")));
      await until("the change is told", () => told.at(-1) === revision);
    }
    // A look between the writes of its two files tells of a revision twice.
    expect([...new Set(told)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("tells of a decision", async () => {
    const { plans, other } = await project();
    const { told, last } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    held(await other.decide("a", "approved"));
    await until("the decision is told", () => last()?.meta.status === "approved");
  });

  test("tells of a plan that comes, goes and comes again, from before there are any plans", async () => {
    const plans = plansIn(temporaryFolder());
    const other = createOther(plans);
    const { told } = watched(plans);
    await until("there is none", () => told.length === 1);
    held(await other.create("a", "blank"));
    await until("it comes", () => told.length === 2);
    held(await other.delete("a"));
    await until("it goes", () => told.length === 3);
    held(await other.create("a", "feature-design"));
    await until("it comes again", () => told.length === 4);
    held(await other.edit("a", thor, [add("el_1")]).then(async () => await other.read("a")));
    await until("it is still watched", () => told.at(-1) === 2);
    // An edit is of two files: where they are written slowly it is told with each.
    expect(told.filter((each, index) => each !== told[index - 1])).toEqual(["not_found", 1, "not_found", 1, 2]);
  });

  test("goes on where the whole folder is replaced", async () => {
    const { plans, folder, other } = await project();
    const { told } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    renameSync(`${folder}/plans/a`, `${folder}/plans/b`);
    await until("it is gone", () => told.at(-1) === "not_found");
    renameSync(`${folder}/plans/b`, `${folder}/plans/a`);
    await until("it is back", () => told.at(-1) === 1);
    await other.edit("a", thor, [add("el_1")]);
    await until("it is still watched", () => told.at(-1) === 2);
  });

  test("tells nothing of what leaves the plan as it is", async () => {
    const { plans, other, file } = await project();
    const { told } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    writeFileSync(file, readFileSync(file));
    writeFileSync(`${file}.swp`, "an editor's");
    await other.edit("a", thor, [add("el_1")]);
    await until("the real change is told", () => told.at(-1) === 2);
    expect(told).toEqual([1, 2]);
  });

  test("tells of a plan that is broken by hand, and of its mending, but not of half a file on the way", async () => {
    const { plans, file } = await project();
    const { told } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.slice(0, 50));
    await until("it is broken", () => told.at(-1) === "broken");
    writeFileSync(file, text);
    await until("it is mended", () => told.at(-1) === 1);
    expect(told).toEqual([1, "broken", 1]);
  });

  test("tells nothing any more when it is closed, also by what it tells of", async () => {
    const { plans, other } = await project();
    const told: number[] = [];
    const watch = plans.watch("a", () => {
      told.push(1);
      watch.close();
    });
    const { told: toldToOther } = watched(other);
    await until("both have told", () => told.length === 1 && toldToOther.length === 1);
    await other.edit("a", thor, [add("el_1")]);
    await plans.edit("a", thor, [add("el_2")]);
    await until("the other one tells", () => toldToOther.at(-1) === 3);
    expect(told).toHaveLength(1);
  });

  test("looks every second where the system watches nothing", async () => {
    const { timers, looks, planFolder, clock, look } = rig([absent]);
    const watch = new PlanWatch({ planFolder, clock, look, changed: () => undefined, watchNames: watchNothing });
    for (let round = 1; round <= 3; round += 1) {
      await until("it waits for the next look", () => looks() === round && timers.at(-1)?.delayMs === 1_000);
      timers.pop()?.run();
    }
    watch.close();
  });

  test("believes a problem when it is still there a moment later", async () => {
    const broken = sight("broken");
    const { timers, looks, planFolder, clock, look } = rig([absent, broken, absent, broken, broken]);
    const told: string[] = [];
    const changed = (now: Result<StoredPlan>) => void told.push(now.ok ? "" : now.problem.reason);
    const watch = new PlanWatch({ planFolder, clock, look, changed, watchNames: watchNothing });
    const after: (readonly string[])[] = [];
    for (let round = 1; round <= 5; round += 1) {
      await until("it waits for the next look", () => looks() === round && timers.length > 0);
      after.push([...told]);
      const next = timers.toSorted((one, other) => one.delayMs - other.delayMs)[0];
      timers.splice(0);
      next?.run();
    }
    watch.close();
    expect(after).toEqual([["not_found"], ["not_found"], ["not_found"], ["not_found"], ["not_found", "broken"]]);
  });

  test("does not believe a problem earlier because it looked again in between", async () => {
    const broken = sight("broken");
    const { timers, looks, planFolder, clock, look } = rig([absent, broken, broken, broken]);
    const told: string[] = [];
    const changed = (now: Result<StoredPlan>) => void told.push(now.ok ? "" : now.problem.reason);
    const watch = new PlanWatch({ planFolder, clock, look, changed, watchNames: watchNothing });
    const looked = async (times: number) =>
      await until("it waits for the next look", () => looks() === times && timers.length > 0);
    await looked(1);
    for (const times of [2, 3]) {
      watch.lookNow();
      await looked(times);
    }
    expect(told).toEqual(["not_found"]);
    const [moment] = timers.filter(({ delayMs }) => delayMs === 60);
    moment?.run();
    await looked(4);
    expect(told).toEqual(["not_found", "broken"]);
    watch.close();
    expect(timers.filter((timer) => timer !== moment)).toEqual([]);
  });
});

describe("what is changed by hand", () => {
  test("counts as a person's edits, with a revision of their own", async () => {
    const { plans, file } = await project();
    await plans.edit("a", thor, [
      add("el_1", { title: "One", x: 600, y: 0 }),
      add("el_2", { title: "Two", x: 600, y: 300 }),
      { op: "add_connection", connection: { id: "conn_1", from: "el_1", to: "el_2" } },
    ]);
    const { told, last } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    const found = JSON.parse(readFileSync(file, "utf8")) as { elements: { id: string }[]; connections: object[] };
    found.elements = found.elements.filter(({ id }) => id !== "el_1").map((element) => ({ ...element, y: 40 }));
    found.elements.push({ id: "el_mine" });
    writeFileSync(file, JSON.stringify(found));
    await until("it is told", () => told.at(-1) === 3);
    const edits = last()?.plan.edits?.slice(-5) ?? [];
    expect(edits.map(({ change, id, fields }) => [change, id, fields ?? null])).toEqual([
      ["deleted", "el_1", null],
      ["updated", "el_start", ["y"]],
      ["updated", "el_2", ["y"]],
      ["added", "el_mine", null],
      ["deleted", "conn_1", null],
    ]);
    expect(edits.every(({ by, revision }) => by.kind === "person" && revision === 3)).toBe(true);
    expect(held(await plans.read("a"))).toEqual(last() as StoredPlan);
  });

  test("is kept, and told of, when an agent's edit comes first", async () => {
    const { plans, file } = await project();
    await plans.edit("a", thor, [add("el_1", { title: "One" })]);
    change(file, '"One"', '"Mine"');
    const edited = await plans.edit("a", thor, [add("el_2")]);
    const { plan } = held(await plans.read("a"));
    expect(edited.ok && plan.elements.map(({ title }) => title)).toEqual(["Start here", "Mine", ""]);
    expect(plan.edits?.map(({ by, id, revision }) => [by.kind, id, revision])).toEqual([
      ["agent", "el_1", 2],
      ["person", "el_1", 3],
      ["agent", "el_2", 4],
    ]);
  });

  test("a remark that does not say when it was made was made now", async () => {
    const { plans, file } = await project();
    const { told, last } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    const before = new Date().toISOString();
    change(file, '"comments": []', '"comments": [{ "text": "By hand" }]');
    await until("it is told", () => told.at(-1) === 2);
    expect(last()?.plan.comments[0]).toMatchObject({ id: "c_1", author: "user", text: "By hand" });
    expect((last()?.plan.comments[0]?.created ?? "") >= before).toBe(true);
  });

  test("a remark from the future was made now: who is told of it is told of what comes after as well", async () => {
    const { plans, file } = await project();
    await plans.openReview("a", { sessionId: "ses_1" });
    const { told, last } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    const remark = { text: "By hand", created: new Date(Date.now() + 3_600_000).toISOString() };
    change(file, '"comments": []', `"comments": [${JSON.stringify(remark)}]`);
    await until("it is told", () => told.at(-1) === 2);
    const feedback = feedbackSince(last()!, last()!.meta.review.toldUntil!);
    expect(feedback).toMatchObject({ status: "feedback_received", newComments: [{ text: "By hand" }] });
    await plans.told("a", feedback.until);
    const decided = held(await plans.decide("a", "approved"));
    expect(feedbackSince(decided, decided.meta.review.toldUntil!).status).toBe("approved");
  });

  test("an older file that is brought back is a person's edit, and the revision goes on rising", async () => {
    const { plans, file } = await project();
    const old = readFileSync(file);
    await plans.edit("a", thor, [add("el_1")]);
    const { told, last } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    writeFileSync(file, old);
    await until("it is told", () => told.at(-1) === 3);
    expect(last()?.plan.edits?.at(-1)).toMatchObject({ by: { kind: "person" }, change: "deleted", id: "el_1" });
  });

  test("what other stores have written since is not taken for a person's", async () => {
    const { plans, other, file } = await project();
    await plans.read("a");
    await other.edit("a", thor, [add("el_theirs")]);
    change(file, '"Start here"', '"Begin here"');
    // The first one has not seen the other's edit.
    await plans.edit("a", thor, [add("el_ours")]);
    const edits = held(await plans.read("a")).plan.edits ?? [];
    expect(edits.filter(({ by }) => by.kind === "person").map(({ id }) => id)).toEqual(["el_start"]);
  });

  test("another plan that took the place of a deleted one is not taken for a person's edit", async () => {
    const { plans, other } = await project();
    await plans.edit("a", thor, [add("el_1")]);
    await plans.edit("a", thor, [add("el_2")]);
    held(await other.delete("a"));
    held(await other.create("a", "blank"));
    // The first one has not seen that the plan was gone.
    await plans.edit("a", thor, [add("el_3")]);
    const { revision, edits = [] } = held(await plans.read("a")).plan;
    expect([revision, edits.map(({ by, id }) => [by.kind, id])]).toEqual([2, [["agent", "el_3"]]]);
  });

  test("another form of the same file is no edit", async () => {
    const { plans, other, file } = await project();
    const { told } = watched(plans);
    await until("it tells at first", () => told.length === 1);
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, "utf8"))));
    await until("the other form is seen", () => told.length === 2);
    await other.edit("a", person, [add("el_1")]);
    await until("the edit is told", () => told.length === 3);
    expect(told).toEqual([1, 1, 2]);
  });
});

function createOther(plans: Plans): Plans {
  return plansIn(plans.folder.slice(0, -"/plans".length));
}
