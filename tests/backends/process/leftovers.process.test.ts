import { afterAll, expect, test } from "bun:test";
import { startTurn, type StartedTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

const strangers: number[] = [];
afterAll(() => {
  for (const pid of strangers) process.kill(pid, "SIGKILL");
});

async function strangerOf(turn: StartedTurn): Promise<void> {
  const [, pid] = await turn.logged(/stranger (\d+)/);
  strangers.push(Number(pid));
}

test("what an agent left running is found by its marker, ended, and named in the log", async () => {
  const turn = startTurn("forks-and-exits.sh");
  const { evidence } = await turn.ended;
  expect(evidence.cause).toMatchObject({ exitCode: 0 });
  expect(turn.members()).toEqual([]);
  const named = turn.log().filter((line) => /ended what the agent left running: sleep 97 \(pid \d+\)/.test(line));
  expect(named).toHaveLength(1);
}, 20_000);

test("a process that cannot be found and holds the pipes does not keep the turn open", async () => {
  const begin = performance.now();
  const turn = startTurn("leaves-a-stranger.ts");
  await strangerOf(turn);
  const { evidence } = await turn.ended;
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(evidence).toMatchObject({ cause: exited(0), finish: "stop", words: ["left"] });
  expect(turn.log().filter((line) => line.includes("holds its pipes open"))).toHaveLength(1);
}, 20_000);

test("nor does one that never stops writing into them", async () => {
  const begin = performance.now();
  const turn = startTurn("leaves-a-noisy-stranger.ts");
  await strangerOf(turn);
  await turn.ended;
  expect(performance.now() - begin).toBeLessThan(9000);
  expect(turn.log().filter((line) => line.includes("holds its pipes open"))).toHaveLength(1);
}, 20_000);
