import { expect, test } from "bun:test";
import { judge, exitOf } from "../../../src/supervisor/outcome.ts";
import { BlindTable } from "../../processes/fake-table.ts";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

const FOR_EVER = Number.POSITIVE_INFINITY;

test("a look that fails right after the start ends no agent", async () => {
  const processTable = new BlindTable(1);
  const turn = startTurn("exits-7.sh", {}, { processTable });
  const { evidence, unseen } = await turn.ended;
  expect([exitOf(evidence.cause).exitCode, unseen, processTable.blindLooks]).toEqual([
    7,
    undefined,
    expect.any(Number),
  ]);
  expect(processTable.blindLooks).toBeLessThan(0);
});

test("an agent that ends while nobody can look has its own end, and what it may have left is told", async () => {
  const turn = startTurn("works-without-a-voice.ts", {}, { processTable: new BlindTable(FOR_EVER) });
  const { evidence, unseen } = await turn.ended;
  expect(judge(evidence)).toMatchObject({ status: "done" });
  expect(unseen).toStartWith("The process table cannot be read: EMFILE");
  expect(turn.log().at(-1)).toStartWith("[stderr] bizar: what the agent left running could not be looked for. ");
}, 20_000);

test("a stop ends the agent's own process though nobody can look, and says that nobody has", async () => {
  const turn = startTurn("ignores-sigterm.sh", {}, { processTable: new BlindTable(FOR_EVER), killGraceMs: 300 });
  await turn.logged(/ready/);
  await turn.stop();
  const { evidence, unseen } = await turn.ended;
  expect(evidence).toMatchObject({ cause: exited(null, "SIGKILL") });
  expect(unseen).toStartWith("The process table cannot be read: EMFILE");
}, 20_000);

test("a stop that cannot look at first ends the whole tree once it can", async () => {
  const processTable = new BlindTable(0);
  const turn = startTurn("grows-a-tree.ts", {}, { processTable });
  await until("its tree has grown", () => turn.members().filter(({ command }) => command === "sleep 97").length === 3);
  processTable.blindLooks = 3;
  await turn.stop();
  const { unseen } = await turn.ended;
  expect([turn.members(), unseen]).toEqual([[], undefined]);
}, 20_000);

test("stopNow ends the agent's own process though nobody can look", async () => {
  const turn = startTurn("ignores-sigterm.sh", {}, { processTable: new BlindTable(FOR_EVER) });
  await turn.logged(/ready/);
  turn.stopNow();
  expect((await turn.ended).evidence.cause).toMatchObject({ signal: "SIGKILL" });
}, 20_000);
