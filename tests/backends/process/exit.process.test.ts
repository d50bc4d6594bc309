import { expect, test } from "bun:test";
import { join } from "node:path";
import { judge } from "../../../src/supervisor/outcome.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { startTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

test("an exit code comes with the last words of stderr", async () => {
  const { evidence } = await startTurn("exits-7.sh").ended;
  expect(evidence).toMatchObject({ cause: exited(7), lastErrorLines: ["first words", "last words"] });
  expect(judge(evidence)).toMatchObject({ status: "failed", reason: "exit_nonzero" });
  expect(judge(evidence).error).toContain("exited with code 7");
});

test("a signal that nobody of us sent is named", async () => {
  const { evidence } = await startTurn("ends-itself.sh").ended;
  expect(evidence).toMatchObject({ cause: exited(null, "SIGKILL") });
  expect(judge(evidence).error).toContain("was ended by SIGKILL");
});

test("a missing binary is an end that says so, in the log too", async () => {
  const binary = join(temporaryFolder(), "no-opencode-here");
  const turn = startTurn("", {}, { binary });
  const { evidence } = await turn.ended;
  expect(judge(evidence)).toMatchObject({ status: "failed", reason: "spawn_failed" });
  expect(judge(evidence).error).toContain(binary);
  expect(judge(evidence).error).toContain("opencodeBinary");
  expect(turn.log().join("\n")).toContain(binary);
  expect(turn.seen.processes).toEqual([]);
});

test("a file that cannot be run as the binary is an end that says so", async () => {
  const { evidence } = await startTurn("../until.ts").ended;
  expect(judge(evidence)).toMatchObject({ status: "failed", reason: "spawn_failed" });
});

test("a missing directory is an end that names it", async () => {
  const directory = join(temporaryFolder(), "gone");
  const { evidence } = await startTurn("exits-7.sh", { directory }).ended;
  expect(judge(evidence)).toMatchObject({ status: "failed", reason: "spawn_failed" });
  expect(judge(evidence).error).toContain(directory);
});

test("a log that cannot be opened costs no agent", async () => {
  const broken = { write: () => undefined, close: () => undefined };
  const { evidence } = await startTurn("names-two-sessions.ts", {}, { openLog: () => broken }).ended;
  expect(evidence.words).toEqual(["All is well."]);
});
