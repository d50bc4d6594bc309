import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { judge } from "../../src/supervisor/outcome.ts";
import { startTurn } from "../backends/process/turn-rig.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { createRig, until, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ options: null });
  await runOpencode(rig.sandbox, { prompt: "make the database" });
}, 180_000);
afterAll(async () => await rig.dispose());

for (const when of ["before it starts", "once its session is there"] as const) {
  test(`an agent whose opencode finds the database locked (${when}) is started once more, and ends well`, async () => {
    const database = new Database(join(rig.sandbox.home, ".local/share/opencode/opencode.db"));
    database.run("PRAGMA busy_timeout = 5000");
    const sessions = () => database.query("SELECT id FROM session").all().length;
    const before = sessions();
    const clock = new FakeClock();
    const released = Promise.withResolvers<void>();
    // However late the lock comes, no step has come to its end by then.
    rig.plan("say something", { after: released.promise, text: "All is well." });
    if (when === "before it starts") database.run("BEGIN IMMEDIATE");
    const turn = startTurn(
      "",
      {
        agent: "build",
        model: { providerId: "scripted", modelId: "model-a" },
        prompt: "say something",
        directory: rig.sandbox.project,
      },
      { binary: OPENCODE, environment: rig.sandbox.environment, clock },
    );
    if (when === "once its session is there") {
      await until("the session is there", () => sessions() === before + 1);
      database.run("BEGIN IMMEDIATE");
    }
    await until("the first start has failed", () => clock.pending > 0, 40_000);
    database.run("ROLLBACK");
    database.close();
    released.resolve();
    clock.advance(2000);
    const { evidence } = await turn.ended;
    expect(judge(evidence)).toEqual({ status: "done" });
    expect(evidence.words).toEqual(["All is well."]);
    expect(turn.seen.repeats).toBe(1);
  }, 180_000);
}
