import { expect, test } from "bun:test";
import { judge } from "../../../src/supervisor/outcome.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";

/** A turn of an opencode that does not come to its exit, and what passes for it. */
function hanging(prompt: string) {
  const clock = new FakeClock();
  const turn = startTurn("never-exits.ts", { prompt, sessionId: "ses_first" }, { clock, killGraceMs: 2000 });
  return { clock, turn };
}

test("a turn that is over is done with its result though opencode does not exit, which is ended after 5 s", async () => {
  const { clock, turn } = hanging("voice");
  await until("it is over", () => turn.hasExited);
  clock.advance(4999);
  expect(turn.members()).toHaveLength(1);
  clock.advance(1);
  const { evidence } = await turn.ended;
  expect(judge(evidence)).toEqual({ status: "done" });
  expect(evidence).toMatchObject({ words: ["All of it."], cause: { exitCode: 143, isLate: true } });
  expect(turn.log().join("\n")).toContain("does not come to its exit");
}, 20_000);

test("one that goes on after all is not ended for what was over before", async () => {
  const { clock, turn } = hanging("voice on");
  await until("it is over", () => turn.hasExited && turn.log().some((line) => line.includes("And more.")));
  clock.advance(5000);
  expect((await turn.ended).evidence.words.join()).toContain("And more.");
}, 20_000);

test("one that ended with an error has failed over that", async () => {
  const { clock, turn } = hanging("voice error");
  await until("it is over", () => turn.hasExited);
  clock.advance(5000);
  expect(judge((await turn.ended).evidence)).toMatchObject({ status: "failed", reason: "session_error" });
}, 20_000);

test("without a voice a last step is believed to be the end after two minutes", async () => {
  const { clock, turn } = hanging("silent");
  await until("it is over", () => turn.hasExited);
  clock.advance(119_999);
  expect(turn.members()).toHaveLength(1);
  clock.advance(1);
  expect(judge((await turn.ended).evidence)).toEqual({ status: "done" });
}, 20_000);

test("a shutdown ends it at once", async () => {
  const { turn } = hanging("voice");
  await until("it is over", () => turn.hasExited);
  turn.stopNow();
  expect((await turn.ended).evidence.cause).toMatchObject({ signal: "SIGKILL" });
}, 20_000);
