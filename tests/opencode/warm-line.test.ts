import { afterAll, beforeAll, expect, test } from "bun:test";
import { BreakableLine } from "./breakable-line.ts";
import { HurriedClock } from "./hurried-clock.ts";
import { bash, until } from "./rig.ts";
import { warmRig, type SeenTurn, type WarmRig } from "./warm-rig.ts";

/** A minute of the server's clock takes 6 s. */
const SPEED = 10;

const line = new BreakableLine();
const clock = new HurriedClock();
let rig: WarmRig;
beforeAll(async () => {
  await line.open();
  const asker = { mode: "subagent", description: "Asks", permission: { bash: "ask" } };
  rig = await warmRig({ fetch: line.fetch, serverClock: clock, config: { agent: { asker } } });
  await rig.start("start the server").ended;
  clock.hurry(SPEED);
}, 180_000);
afterAll(async () => {
  await rig.dispose();
  line.close();
});

const told = ({ log }: SeenTurn, kind: string) => log.filter((each) => each.includes(` ${kind} `));

for (const [what, seconds, breakIt] of [
  ["cut for a second", SPEED, () => line.cut()],
  ["cut for a minute", 60, () => line.cut()],
  ["open and mute for a minute", 60, () => line.mute()],
] as const) {
  test(`the line to the server is ${what}: no text twice, none lost, no turn hung`, async () => {
    const [broken, mended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // This one speaks across the break, and ends after it.
    rig.plan(
      "go on",
      { text: "Before. ", calls: [bash("echo one")] },
      { text: "Said across the break. ".repeat(3), drip: { pieces: 6, everyMs: 250 }, calls: [bash("echo two")] },
      { after: mended.promise, text: "After." },
    );
    // These come to their end while nobody hears it.
    rig.plan("end unheard", { text: "First.", calls: [bash("echo 1")] }, { after: broken.promise, text: "Unheard." });
    rig.plan("fail unheard", { text: "So far.", calls: [bash("echo 1")] }, async () => {
      await broken.promise;
      return { status: 400, text: "the provider is cross" };
    });
    rig.plan("ask unheard", { text: "I ask.", calls: [bash("echo 1")] }, (request) => ({
      text: request.toolResults.join("").includes("Nobody can give this permission") ? "Then not." : "?",
    }));
    const turns = {
      goesOn: rig.start("go on"),
      ends: rig.start("end unheard"),
      fails: rig.start("fail unheard"),
    };
    const reported = rig.serverLog.length;
    const second = (prompt: string) => () => rig.requestsFor(prompt).some(({ step }) => step === 1);
    for (const prompt of ["go on", "end unheard", "fail unheard"]) await until(prompt, second(prompt));
    rig.model.requests.length = 0;
    const asks = rig.start("ask unheard", { agent: "asker" });
    await until("it was asked", () => rig.requestsFor("ask unheard").length === 1);
    breakIt();
    broken.resolve();
    const mend = clock.after(seconds * 1000, () => {
      line.mend();
      mended.resolve();
    });
    const [goesOn, ends, fails, asked] = await Promise.all([
      turns.goesOn.ended,
      turns.ends.ended,
      turns.fails.ended,
      asks.ended,
    ]);
    mend.clear();
    const across = "Said across the break. ".repeat(3);
    expect([goesOn.outcome, goesOn.evidence.words.join("\n\n")]).toEqual([
      { status: "done" },
      `Before. \n\n${across}\n\nAfter.`,
    ]);
    expect(turns.goesOn.progress.at(-1)).toMatchObject({ toolCallCount: 2, tokens: { input: 30, output: 15 } });
    expect([told(turns.goesOn, "text"), told(turns.goesOn, "tool")].map(({ length }) => length)).toEqual([3, 2]);
    expect([ends.outcome, ends.evidence.words.join("\n\n")]).toEqual([{ status: "done" }, "First.\n\nUnheard."]);
    expect(told(turns.ends, "text")).toHaveLength(2);
    expect(fails.outcome).toMatchObject({ status: "failed", reason: "session_error" });
    expect([fails.outcome.error, fails.evidence.words.join("\n\n")]).toEqual([
      expect.stringContaining("the provider is cross"),
      "So far.",
    ]);
    expect([asked.outcome, asked.evidence.words.join("\n\n")]).toEqual([{ status: "done" }, "I ask.\n\nThen not."]);
    expect(rig.serverLog.slice(reported).join("\n")).toContain("the stream of events");
  }, 180_000);
}
