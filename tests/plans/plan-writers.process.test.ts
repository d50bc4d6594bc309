import { expect, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EditEntry } from "../../src/plans/plan.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";
import { add, held, plansIn, thor } from "./plan-rig.ts";

const FIXTURES = join(import.meta.dir, "../fixtures");
/** Each reads and writes the whole plan: more of them cost by their square. */
const EDITS = 80;

for (const how of ["at once", "in turn"]) {
  test(`of two processes that make ${EDITS} edits each at once, each ${how}, none is lost`, async () => {
    const folder = temporaryFolder();
    const plans = plansIn(folder);
    held(await plans.create("a", "blank"));
    const other = Bun.spawn([`${FIXTURES}/edits-a-plan.ts`, plans.folder, "odin", String(EDITS), how], {
      stdout: "pipe",
    });
    const edit = async (index: number) => await plans.edit("a", thor, [add(`el_thor_${index}`, { x: index, y: 500 })]);
    const indexes = Array.from({ length: EDITS }, (_, index) => index);
    let failed: unknown[] = [];
    if (how === "at once") failed = (await Promise.all(indexes.map(edit))).filter(({ ok }) => !ok);
    else for (const index of indexes) failed.push(...[await edit(index)].filter(({ ok }) => !ok));
    expect(await other.exited).toBe(0);
    expect([failed, await other.stdout.text()]).toEqual([[], ""]);
    const { plan } = held(await plans.read("a"));
    const ids = new Set(plan.elements.map(({ id }) => id));
    for (const index of indexes)
      expect([ids.has(`el_thor_${index}`), ids.has(`el_odin_${index}`)]).toEqual([true, true]);
    expect([plan.elements.length, plan.revision, plan.edits?.length]).toEqual([
      2 * EDITS + 1,
      2 * EDITS + 1,
      2 * EDITS,
    ]);
    expect(statSync(`${plans.folder}/.lock`).size).toBe(0);
  }, 60_000);
}

test("a writer that is killed while it holds the lock does not keep it", async () => {
  const plans = plansIn(temporaryFolder());
  held(await plans.create("a", "blank"));
  const holder = Bun.spawn([`${FIXTURES}/holds-the-plan-lock.ts`, plans.folder], { stdout: "pipe" });
  await holder.stdout.getReader().read();
  let isDone = false;
  const edited = plans.edit("a", thor, [add("el_1")]).then((result) => {
    isDone = true;
    return result;
  });
  await until("the writer waits", async () => (await plans.read("a")).ok);
  expect(isDone).toBe(false);
  holder.kill("SIGKILL");
  expect((await edited).ok).toBe(true);
}, 20_000);

test("who reads while others write never sees half a file", async () => {
  const plans = plansIn(temporaryFolder());
  held(await plans.create("a", "feature-design"));
  const writers = ["odin", "mimir"].map((name) =>
    Bun.spawn([`${FIXTURES}/edits-a-plan.ts`, plans.folder, name, "60", "in turn"], { stdout: "ignore" }),
  );
  const writing = { isOver: false };
  const ended = Promise.all(writers.map(async (writer) => await writer.exited)).then(() => (writing.isOver = true));
  let last = 0;
  for (let reads = 0; !writing.isOver || reads < 10; reads += 1) {
    const { revision } = held(await plans.read("a")).plan;
    expect(revision).toBeGreaterThanOrEqual(last);
    last = revision;
  }
  await ended;
  expect(held(await plans.read("a")).plan.revision).toBe(121);
}, 60_000);

test("an edit by hand becomes a person's edit once, whoever of two watching processes sees it", async () => {
  const plans = plansIn(temporaryFolder());
  held(await plans.create("a", "blank"));
  held(await plans.edit("a", thor, [add("el_1", { title: "By an agent", x: 900, y: 0 })]).then(() => plans.read("a")));
  const watchers = [0, 1].map(() => Bun.spawn([`${FIXTURES}/watches-a-plan.ts`, plans.folder], { stdout: "pipe" }));
  type Seen = { revision: number; edits: readonly EditEntry[] };
  const seen: Seen[][] = [[], []];
  for (const [index, watcher] of watchers.entries()) void collect(watcher.stdout, seen[index] ?? []);
  const last = (index: number): Seen | undefined => seen[index]?.at(-1);
  try {
    await until("both watch", () => last(0)?.revision === 2 && last(1)?.revision === 2);
    const file = `${plans.folder}/a/plan.json`;
    for (let round = 1; round <= 5; round += 1) {
      writeFileSync(file, readFileSync(file, "utf8").replace(/By an agent|By hand \d/, `By hand ${round}`));
      await until("both have seen it", () => last(0)?.revision === 2 + round && last(1)?.revision === 2 + round);
    }
    const byHand = held(await plans.read("a")).plan.edits?.filter(({ by }) => by.kind === "person");
    expect(byHand).toMatchObject([{ change: "updated", what: "element", id: "el_1", fields: ["title"], revision: 7 }]);
    // Had both written it, there would have been more revisions than edits.
    expect(held(await plans.read("a")).plan.revision).toBe(7);
  } finally {
    for (const watcher of watchers) watcher.kill("SIGKILL");
  }
}, 30_000);

async function collect(stream: ReadableStream<Uint8Array>, into: unknown[]): Promise<void> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    into.push(...lines.map((line) => JSON.parse(line) as unknown));
  }
}
