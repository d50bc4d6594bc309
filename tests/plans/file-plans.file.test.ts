import { describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createPlans } from "../../src/plans/file-plans.ts";
import type { PlanProblem, Plans, Result } from "../../src/plans/plan-store-port.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { add, held, person, plansIn, thor } from "./plan-rig.ts";

function reasonOf(result: Result<unknown> | { ok: boolean; problem?: PlanProblem }): PlanProblem["reason"] | undefined {
  return "problem" in result ? result.problem?.reason : undefined;
}

/** A project with a plan `a`. */
async function project(): Promise<{ folder: string; plans: Plans; planFile: string; metaFile: string }> {
  const folder = temporaryFolder();
  const plans = plansIn(folder);
  held(await plans.create("a", "blank", "A plan"));
  return { folder, plans, planFile: `${folder}/plans/a/plan.json`, metaFile: `${folder}/plans/a/meta.json` };
}

/** Everything that acts on a plan. */
const ACTIONS: readonly (readonly [string, (plans: Plans, slug: string) => Promise<Parameters<typeof reasonOf>[0]>])[] =
  [
    ["read", async (plans, slug) => await plans.read(slug)],
    ["edit", async (plans, slug) => await plans.edit(slug, thor, [add("el_1")])],
    ["setStatus", async (plans, slug) => await plans.setStatus(slug, thor, "done")],
    ["openReview", async (plans, slug) => await plans.openReview(slug, { sessionId: "ses_1" })],
    ["decide", async (plans, slug) => await plans.decide(slug, "approved")],
    ["told", async (plans, slug) => await plans.told(slug, "2026-01-01T00:00:00.000Z")],
  ];

describe("plans on disk", () => {
  test("are created, listed, read and deleted", async () => {
    const { folder, plans } = await project();
    const made = held(await plans.create("new-login", "feature-design"));
    expect(made.plan).toMatchObject({ schemaVersion: 2, title: "New login", revision: 1 });
    expect(made.meta).toMatchObject({
      status: "draft",
      title: "New login",
      template: "feature-design",
      review: { state: "none" },
    });
    expect(held(await plans.read("new-login"))).toEqual(made);
    expect(held(await plans.list()).map(({ slug, title, status }) => [slug, title, status])).toEqual([
      ["a", "A plan", "draft"],
      ["new-login", "New login", "draft"],
    ]);
    held(await plans.delete("a"));
    expect(reasonOf(await plans.read("a"))).toBe("not_found");
    expect(readdirSync(`${folder}/plans`).toSorted()).toEqual([".gitignore", ".lock", "new-login"]);
  });

  test("make nothing where nothing is written", async () => {
    const folder = temporaryFolder();
    const plans = plansIn(folder);
    expect(held(await plans.list())).toEqual([]);
    for (const [, act] of ACTIONS) expect(reasonOf(await act(plans, "a"))).toBe("not_found");
    expect(reasonOf(await plans.delete("a"))).toBe("not_found");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are not created twice, nor from a template that is not there", async () => {
    const { plans } = await project();
    expect(reasonOf(await plans.create("a", "blank"))).toBe("exists");
    expect(reasonOf(await plans.create("b", "../blank"))).toBe("not_found");
  });

  test("have the modes of the project's other files, and keep lock and temporary files out of its repository", async () => {
    const { folder, plans, planFile, metaFile } = await project();
    await plans.edit("a", thor, [add("el_1")]);
    const other = `${folder}/other`;
    writeFileSync(other, "");
    for (const file of [planFile, metaFile]) expect(statSync(file).mode).toBe(statSync(other).mode);
    Bun.spawnSync(["git", "init", "-q"], { cwd: folder });
    for (const file of [planFile, `${folder}/plans/a/plan.md`]) writeFileSync(`${file}.123`, "");
    mkdirSync(`${folder}/plans/.deleted-a-1`);
    const { stdout } = Bun.spawnSync(["git", "status", "--porcelain", "-uall"], { cwd: folder });
    expect(stdout.toString().trim().split("\n").toSorted()).toEqual(
      ["?? other", "?? plans/.gitignore", "?? plans/a/meta.json", "?? plans/a/plan.json"].toSorted(),
    );
  });

  test("a write that changes nothing leaves both files as they are", async () => {
    const { plans, planFile, metaFile } = await project();
    const before = [lstatSync(planFile).ino, lstatSync(metaFile).ino];
    held(await plans.setStatus("a", thor, "draft").then((result) => result));
    expect((await plans.edit("a", thor, [{ op: "set_title", title: "A plan" }])).ok).toBe(true);
    expect((await plans.edit("a", thor, [])).ok).toBe(true);
    expect([lstatSync(planFile).ino, lstatSync(metaFile).ino]).toEqual(before);
  });

  test("a refused batch leaves the plan as it is, and shows it", async () => {
    const { plans, planFile } = await project();
    const before = readFileSync(planFile, "utf8");
    const result = await plans.edit("a", thor, [add("el_1"), { op: "update_element", id: "el_9", changes: {} }]);
    expect(result).toMatchObject({ ok: false, refusal: { reason: "not_found", index: 1 }, stored: { slug: "a" } });
    expect(readFileSync(planFile, "utf8")).toBe(before);
  });

  test("a new title is the title of the meta, too", async () => {
    const { plans } = await project();
    await plans.edit("a", person, [{ op: "set_title", title: "Better" }]);
    expect(held(await plans.read("a")).meta.title).toBe("Better");
  });

  test("looking elsewhere is no edit", async () => {
    const { plans } = await project();
    const { lastEdited } = held(await plans.read("a")).meta;
    await plans.edit("a", person, [{ op: "set_viewport", viewport: { x: 5, y: 5, zoom: 2 } }]);
    expect(held(await plans.read("a"))).toMatchObject({
      meta: { lastEdited },
      plan: { viewport: { zoom: 2 }, revision: 2 },
    });
  });

  test("a failed write is told as one", async () => {
    const { folder, plans } = await project();
    if (process.getuid?.() === 0) {
      // Root writes wherever it likes; what lies in the temporary files' place nobody can write into is a folder.
      rmSync(`${folder}/plans/.lock`);
      mkdirSync(`${folder}/plans/.lock`);
    } else chmodSync(`${folder}/plans/a`, 0o500);
    expect(reasonOf(await plans.edit("a", thor, [add("el_1")]))).toBe("unwritable");
    if (process.getuid?.() !== 0) chmodSync(`${folder}/plans/a`, 0o700);
  });
});

describe("what is in the place of a plan", () => {
  for (const slug of ["../a", "a/b", "", ".", "A", "-a", "a\0", "a".repeat(65), "a\n", "__proto__"]) {
    test(`no path is made of the slug ${JSON.stringify(slug).slice(0, 30)}`, async () => {
      const { plans, folder } = await project();
      const before = readdirSync(`${folder}/plans`);
      for (const [, act] of ACTIONS) expect(reasonOf(await act(plans, slug))).toBe("bad_slug");
      expect(reasonOf(await plans.create(slug, "blank"))).toBe("bad_slug");
      expect(reasonOf(await plans.delete(slug))).toBe("bad_slug");
      const { promise, resolve } = Promise.withResolvers<Result<unknown>>();
      const watch = plans.watch(slug, resolve);
      expect(reasonOf(await promise)).toBe("bad_slug");
      watch.close();
      expect(readdirSync(`${folder}/plans`)).toEqual(before);
    });
  }

  const places = ["plans", "plans/a", "plans/a/plan.json", "plans/a/meta.json"] as const;
  for (const place of places) {
    test(`a link at ${place} is refused by all that read and write, and what it leads to is left alone`, async () => {
      const { folder, plans } = await project();
      renameSync(`${folder}/${place}`, `${folder}/elsewhere`);
      symlinkSync(`${folder}/elsewhere`, `${folder}/${place}`);
      for (const [, act] of ACTIONS) expect(reasonOf(await act(plans, "a"))).toBe("link");
      expect(reasonOf(await plans.create("a", "blank"))).toBe("link");
      expect(lstatSync(`${folder}/${place}`).isSymbolicLink()).toBe(true);
      expect(existsSync(`${folder}/elsewhere`)).toBe(true);
    });
  }

  test("a link to a plan is not deleted with what it leads to, and is listed with its problem", async () => {
    const { folder, plans } = await project();
    symlinkSync(`${folder}/plans/a`, `${folder}/plans/b`);
    expect(reasonOf(await plans.delete("b"))).toBe("link");
    expect(held(await plans.read("a")).slug).toBe("a");
    expect(held(await plans.list())[1]).toMatchObject({ slug: "b", status: null, problem: { reason: "link" } });
  });

  test("a link in the lock's place is refused by writers", async () => {
    const { folder, plans } = await project();
    rmSync(`${folder}/plans/.lock`);
    symlinkSync(`${folder}/precious`, `${folder}/plans/.lock`);
    expect(reasonOf(await plans.edit("a", thor, [add("el_1")]))).toBe("link");
    expect(existsSync(`${folder}/precious`)).toBe(false);
  });

  test("a lock that holds something is refused, and left as it is", async () => {
    const { folder, plans } = await project();
    writeFileSync(`${folder}/plans/.lock`, "precious");
    expect(reasonOf(await plans.edit("a", thor, [add("el_1")]))).toBe("unwritable");
    expect(readFileSync(`${folder}/plans/.lock`, "utf8")).toBe("precious");
  });

  test("a project that is reached through a link is one", async () => {
    const { folder } = await project();
    const link = `${temporaryFolder()}/link`;
    symlinkSync(folder, link);
    expect((await plansIn(link).edit("a", thor, [add("el_1")])).ok).toBe(true);
  });

  test("a file that is broken or of a later version is left alone by everybody, and can be deleted", async () => {
    const { plans, planFile } = await project();
    for (const [text, reason] of [
      ["{ oops", "broken"],
      ['{"schemaVersion":9,"elements":[]}', "newer"],
    ] as const) {
      writeFileSync(planFile, text);
      for (const [, act] of ACTIONS) expect(reasonOf(await act(plans, "a"))).toBe(reason);
      expect(held(await plans.list())[0]?.problem?.reason).toBe(reason);
      expect(reasonOf(await plans.create("a", "blank"))).toBe(reason);
      expect(readFileSync(planFile, "utf8")).toBe(text);
    }
    held(await plans.delete("a"));
  });

  test("a pipe, a folder or a huge file in a file's place does not hold anybody up", async () => {
    const { plans, planFile } = await project();
    rmSync(planFile);
    Bun.spawnSync(["mkfifo", planFile]);
    expect(reasonOf(await plans.read("a"))).toBe("broken");
    rmSync(planFile);
    mkdirSync(planFile);
    expect(reasonOf(await plans.read("a"))).toBe("broken");
    rmSync(planFile, { recursive: true });
    writeFileSync(planFile, "");
    Bun.spawnSync(["truncate", "-s", "33M", planFile]);
    expect(reasonOf(await plans.read("a"))).toBe("broken");
  });

  test("a folder of the user's own is neither a plan nor deleted", async () => {
    const { folder, plans } = await project();
    mkdirSync(`${folder}/plans/notes`);
    writeFileSync(`${folder}/plans/notes/keep.txt`, "");
    expect(held(await plans.list()).map(({ slug }) => slug)).toEqual(["a"]);
    expect(reasonOf(await plans.delete("notes"))).toBe("not_found");
    expect(existsSync(`${folder}/plans/notes/keep.txt`)).toBe(true);
  });

  test("what a file has wrong is made good in what is read, and written with the next real edit only", async () => {
    const { planFile } = await project();
    const text = '{"elements":[{"id":"el_a","mine":1},{"id":"el_a"}],"revision":4}';
    writeFileSync(planFile, text);
    const reader = plansIn(planFile.replace("/plans/a/plan.json", ""));
    expect(held(await reader.read("a")).plan.elements.map(({ id }) => id)).toEqual(["el_a", "el_a_2"]);
    await reader.setStatus("a", person, "in-progress");
    expect(readFileSync(planFile, "utf8")).toBe(text);
    await reader.edit("a", thor, [{ op: "update_element", id: "el_a_2", changes: { title: "New" } }]);
    expect(JSON.parse(readFileSync(planFile, "utf8"))).toMatchObject({
      schemaVersion: 2,
      elements: [
        { id: "el_a", mine: 1 },
        { id: "el_a_2", title: "New" },
      ],
      revision: 5,
    });
  });

  test("a plan without its meta.json is a draft", async () => {
    const { plans, metaFile } = await project();
    rmSync(metaFile);
    expect(held(await plans.read("a")).meta).toMatchObject({ status: "draft", title: "A plan" });
    expect(held(await plans.list())).toMatchObject([{ slug: "a", lastEdited: null }]);
    held(await plans.decide("a", "approved"));
    expect(held(await plans.read("a")).meta.status).toBe("approved");
  });
});

describe("the lock", () => {
  test("that somebody holds for too long is told, and nothing is written", async () => {
    const { folder, planFile } = await project();
    const before = readFileSync(planFile, "utf8");
    const holder = Bun.spawn([`${import.meta.dir}/../fixtures/holds-the-plan-lock.ts`, `${folder}/plans`], {
      stdout: "pipe",
    });
    try {
      await holder.stdout.getReader().read();
      let now = 0;
      // A clock whose timers are over at once, and which takes them for the time that they stand for.
      const clock = {
        now: () => now,
        after(delayMs: number, run: () => void) {
          now += delayMs;
          const timer = setImmediate(run);
          return { clear: () => clearImmediate(timer) };
        },
      };
      const plans = createPlans({ folder: `${folder}/plans`, clock });
      expect(reasonOf(await plans.edit("a", thor, [add("el_1")]))).toBe("locked");
      expect(now).toBeGreaterThanOrEqual(5_000);
      expect(readFileSync(planFile, "utf8")).toBe(before);
    } finally {
      holder.kill("SIGKILL");
    }
  });

  test("keeps edits of one process in order, and stays empty", async () => {
    const { folder, plans } = await project();
    const edits = Array.from({ length: 40 }, async (_, index) => await plans.edit("a", thor, [add(`el_${index}`)]));
    const revisions = (await Promise.all(edits)).map((edit) => (edit.ok ? edit.stored.plan.revision : 0));
    expect(revisions).toEqual(Array.from({ length: 40 }, (_, index) => index + 2));
    expect(statSync(`${folder}/plans/.lock`).size).toBe(0);
    expect(readdirSync(`${folder}/plans`).toSorted()).toEqual([".gitignore", ".lock", "a"]);
  });
});
