import { expect, test } from "bun:test";
import { agentsAbout, namesAgents, spawnAbout } from "../../../src/host/tools/call-about.ts";
import { quietInput, QuietCalls } from "../../../src/host/tools/quiet-calls.ts";
import type { CatalogEntry } from "../../../src/fleet/instance-catalog.ts";
import { toListed, toRecord } from "../../../src/store/record.ts";
import { gone } from "../../cli/command-line-rig.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";

const long = "word ".repeat(30);

test.each<[given: unknown, about: Record<string, string>, shown: object | undefined]>([
  [{ agent: "thor", prompt: "short" }, {}, undefined],
  [{ agent: "thor", prompt: long }, { title: "word" }, { title: "word", agent: "thor", prompt: [long] }],
  [{ prompt: "two\nlines", title: "A" }, { title: "A" }, { title: "A", prompt: ["two\nlines"] }],
  [{ instanceId: "x" }, { for: "thor: A" }, { for: "thor: A", instanceId: ["x"] }],
  [{ instanceId: ["x"] }, { for: "thor: A" }, { for: "thor: A", instanceId: ["x"] }],
  [{ elements: [long], timeoutMs: 1 }, {}, undefined],
  ["no arguments", {}, undefined],
  [null, {}, undefined],
])("%j with %j is shown as %j", (given, about, shown) => expect(quietInput(given, about)).toEqual(shown));

test("a spawn is about its title, or the first words of its prompt", () => {
  expect(spawnAbout({ agent: "thor", prompt: "Do\n it.", title: "A title" })).toEqual({
    agent: "thor",
    title: "A title",
  });
  expect(spawnAbout({ agent: "thor", prompt: "Do\n it." })).toEqual({ agent: "thor", title: "Do it." });
  expect(spawnAbout({ agent: 7, prompt: "Do it.", title: " " })).toEqual({ title: "Do it." });
  expect(spawnAbout({ agent: "thor" })).toEqual({});
});

const entry = (number: number, title: string) => {
  const instance = sampleInstance("running", { instanceId: sampleId(number), title });
  const record = toRecord(instance, { supervisor: gone, onExit: "kill", logPath: "/l" });
  return { record: { ...record, ...toListed(record) } } as CatalogEntry;
};

test("a call that names agents is about them; of what means none or several nothing is said", async () => {
  const entries = [1, 2, 3, 4, 5, 6].map((number) => entry(number, number < 5 ? `T${number}` : "same"));
  let lists = 0;
  const catalog = {
    list: async () => {
      lists += 1;
      return entries;
    },
    find: async (id: string) => entries.find(({ record: { instanceId } }) => instanceId === id),
  };
  const about = async (given: Record<string, unknown>) => await agentsAbout(catalog, given, "ses_parent");
  expect(await about({ instanceId: sampleId(1) })).toEqual({ for: "mimir: T1" });
  expect(await about({ instanceIds: [sampleId(2), sampleId(9)] })).toEqual({ for: "mimir: T2" });
  // Of thousands none is looked at beside those that are named whole.
  expect(lists).toBe(0);
  expect(await about({ instanceId: "t2" })).toEqual({ for: "mimir: T2" });
  expect(await about({ instanceIds: ["T1", sampleId(2), "same", "none", 7] })).toEqual({ for: "mimir: T1, mimir: T2" });
  expect(await about({ instanceIds: [1, 2, 3, 4, 5].map(sampleId) })).toEqual({
    for: "mimir: T1, mimir: T2, mimir: T3, mimir: T4 and 1 more",
  });
  expect(await about({ instanceId: "same" })).toEqual({});
  expect([namesAgents({ instanceId: "a" }), namesAgents({ all: true }), namesAgents({ instanceIds: [] })]).toEqual([
    true,
    false,
    false,
  ]);
});

/** A screen that has a call from its `from`th look on. */
function screen(from: number) {
  const clock = new FakeClock();
  const shown: object[] = [];
  let looks = 0;
  const calls = new QuietCalls({
    clock,
    async showInput(...[, , , input]) {
      if (++looks < from) return false;
      shown.push(input);
      return true;
    },
    about: async () => ({}),
  });
  const context = { sessionID: "ses_1", messageID: "msg_1", callID: "call_1", abort: new AbortController().signal };
  const run = async (given: unknown, more: object = {}, call: () => Promise<unknown> = async () => shown.length) =>
    await calls.run("bizar_x", given, { ...context, ...more } as never, call);
  return { clock, shown, run, looks: () => looks };
}

test("a call that takes its time is made quiet soon, or at its end where the host did not know it before", async () => {
  const [soon, late, never] = [screen(1), screen(2), screen(9)];
  for (const { run, clock, shown } of [soon, late, never]) {
    const call = Promise.withResolvers<number>();
    const answered = run({ prompt: long }, {}, async () => await call.promise);
    clock.advance(1000);
    call.resolve(shown.length);
    await answered;
  }
  expect([soon.shown, late.shown, never.shown].map(({ length }) => length)).toEqual([1, 1, 0]);
  expect([soon.looks(), late.looks(), never.looks()]).toEqual([1, 2, 2]);
});

test("a call that is answered at once is made quiet behind what it does, and before its answer", async () => {
  const { run, shown, clock } = screen(1);
  expect(await run({ prompt: long })).toBe(0);
  expect(shown).toHaveLength(1);
  clock.advance(1000);
  expect(shown).toHaveLength(1);
});

test("a call without anything long, an aborted one and one without an id are left alone", async () => {
  const { run, looks } = screen(1);
  await run({ prompt: "short" });
  await run({ prompt: long }, { abort: AbortSignal.abort() });
  await run({ prompt: long }, { callID: undefined });
  expect(looks()).toBe(0);
});

test("a screen that fails is nothing to the call, and an error of the call is its own", async () => {
  const calls = new QuietCalls({
    clock: new FakeClock(),
    showInput: async () => await Promise.reject(new Error("no such part")),
    about: async () => await Promise.reject(new Error("no records")),
  });
  const context = { callID: "c", abort: new AbortController().signal } as never;
  expect(await calls.run("bizar_x", { prompt: long }, context, async () => "answer")).toBe("answer");
  const failing = calls.run(
    "bizar_x",
    { prompt: long },
    context,
    async () => await Promise.reject(new Error("its own")),
  );
  expect(await failing.catch(String)).toBe("Error: its own");
});
