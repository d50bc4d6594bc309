import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { collectSpawned, createRig, recordOf, spawn } from "./rig.ts";

test("with BIZAR_DISABLE_LOG=1 an agent works as ever, and no log is written", async () => {
  const rig = await createRig();
  try {
    rig.plan("the task", { text: "the result" });
    rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), collectSpawned());
    const environment = { BIZAR_DISABLE_LOG: "1" };
    const run = await runOpencode(rig.sandbox, { agent: "odin", prompt: "delegate", environment });
    expect(run.toolAnswers("bizar_collect")).toEqual([
      [expect.objectContaining({ status: "done", result: "the result" })],
    ]);
    const { logPath } = await recordOf(rig, run.toolAnswers("bizar_spawn_background")[0]);
    expect(existsSync(logPath)).toBe(false);
  } finally {
    await rig.dispose();
  }
}, 180_000);
