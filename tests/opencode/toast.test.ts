import { afterEach, expect, test } from "bun:test";
import { createRig, spawn, until, type Rig } from "./rig.ts";
import { startTerminalUi } from "./terminal.ts";

let rig: Rig;
afterEach(async () => await rig.dispose());

test("the terminal UI shows a toast when an agent ends", async () => {
  rig = await createRig();
  rig.plan("the task", { text: "a result" });
  rig.plan("delegate", spawn({ agent: "thor", prompt: "the task", title: "a small task" }), {
    text: "It is under way.",
  });
  const ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"]);
  ui.submit("delegate");
  await until("the toast is on the screen", () => /thor: done[\s\S]*a small task/.test(ui.screen()));
  expect(ui.screen()).toContain("It is under way.");
  ui.kill("SIGTERM");
  await ui.exited;
}, 60_000);
