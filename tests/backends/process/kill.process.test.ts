import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { startTurn, type StartedTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

/** Settles when so many processes of the turn run `sleep 97`. */
async function sleeping(turn: StartedTurn, count: number): Promise<void> {
  const sleepers = () => turn.members().filter(({ command }) => /^sleep 97$/.test(command)).length;
  await until(`${count} sleepers run`, () => sleepers() >= count);
}

test("a child that ignores SIGTERM is killed once the grace is over, not before", async () => {
  const turn = startTurn("ignores-sigterm.sh", {}, { killGraceMs: 700 });
  await turn.logged(/ready/);
  const begin = performance.now();
  await turn.stop();
  const took = performance.now() - begin;
  const { evidence } = await turn.ended;
  expect(evidence).toMatchObject({ cause: exited(null, "SIGKILL") });
  expect(took).toBeGreaterThanOrEqual(700);
  expect(took).toBeLessThan(3000);
  expect(turn.members()).toEqual([]);
}, 20_000);

test("a child that obeys SIGTERM does not wait for the grace", async () => {
  const turn = startTurn("grows-a-tree.ts", {}, { killGraceMs: 20_000 });
  await sleeping(turn, 3);
  await turn.stop();
  expect((await turn.ended).evidence.cause).toMatchObject({ signal: "SIGTERM" });
}, 15_000);

test("a stop ends grandchildren in sessions of their own, forgotten ones and those under nohup", async () => {
  const turn = startTurn("grows-a-tree.ts");
  await sleeping(turn, 3);
  await turn.stop();
  expect(turn.members()).toEqual([]);
  await turn.ended;
}, 20_000);

test("stopNow has ended the same tree when it returns", async () => {
  const turn = startTurn("grows-a-tree.ts");
  await sleeping(turn, 3);
  turn.stopNow();
  await until("the tree is gone", () => turn.members().length === 0, 1000);
  expect((await turn.ended).evidence.cause).toMatchObject({ signal: "SIGKILL" });
}, 20_000);

test("a tree that grows while it is being ended is ended whole", async () => {
  const turn = startTurn("forks-when-killed.sh", {}, { killGraceMs: 500 });
  await sleeping(turn, 3);
  await turn.stop();
  await turn.ended;
  expect(turn.members()).toEqual([]);
}, 20_000);

test("a tree that grows is ended whole by stopNow too", async () => {
  const turn = startTurn("forks-when-killed.sh");
  await sleeping(turn, 3);
  turn.stopNow();
  await until("the tree is gone", () => turn.members().length === 0, 1000);
  await turn.ended;
}, 20_000);

test("stops that come together, and one after the end, are one stop", async () => {
  const turn = startTurn("grows-a-tree.ts");
  await sleeping(turn, 3);
  await Promise.all([turn.stop(), turn.stop()]);
  await turn.ended;
  await turn.stop();
  turn.stopNow();
  expect(turn.members()).toEqual([]);
}, 20_000);
