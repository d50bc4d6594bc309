import { afterAll, beforeAll, expect, test } from "bun:test";
import { collectSpawned, createRig, spawn, until } from "../opencode/rig.ts";
import { runOpencode } from "../../scripts/scripted-host/opencode.ts";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { followLink } from "../canvas/follow-link.ts";
import { startTerminalUi } from "../opencode/terminal.ts";
import { MemoryPlans } from "../canvas/memory-plans.ts";
import { packAndInstall, type PackedPackage } from "./packed-package.ts";

let pack: PackedPackage;
beforeAll(async () => {
  pack = await packAndInstall();
}, 180_000);
afterAll(async () => await pack.dispose());

test("the tarball holds the plugin, its documents and the built page, and nothing else", async () => {
  const pages = (await readdir(join(import.meta.dir, "../../docs"))).map((name) => `docs/${name}`);
  const documents = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", ...pages];
  const others = pack.files.filter((path) => !/^(src|dist\/canvas\/assets|dist\/plugin)\//.test(path));
  const built = ["dist/canvas/index.html", "dist/canvas/changes.html"];
  expect(others.toSorted()).toEqual([...documents, ...built, "index.ts", "package.json"].toSorted());
  expect(pack.files.filter((path) => path.startsWith("src/canvas/page/"))).toEqual([]);
  expect(pack.files).toContain("dist/plugin/index.js");
  expect(pack.files).toContain("dist/plugin/tui.js");
  expect(pack.files.filter((path) => path.startsWith("src/") && !path.endsWith(".ts"))).toEqual([]);
});

test.each(["path", "path and options"])(
  "an opencode that names the installed package by %s has odin, and odin's agents work",
  async (form) => {
    const entry = form === "path" ? pack.installed : [pack.installed, { maxConcurrentInstances: 2 }];
    const rig = await createRig({ options: null, config: { plugin: [entry] } });
    try {
      rig.plan("the task", { text: "the result" });
      rig.plan("delegate", spawn({ agent: "thor", prompt: "the task" }), collectSpawned());
      const run = await runOpencode(rig.sandbox, { agent: "odin", prompt: "delegate" });
      const [request] = rig.requestsFor("delegate");
      expect(request?.system).toContain("You are Odin.");
      expect(request?.tools.filter((tool) => tool.startsWith("bizar_")).toSorted()).toEqual([
        "bizar_changes",
        "bizar_collect",
        "bizar_get_plan_comments",
        "bizar_kill",
        "bizar_plan_action",
        "bizar_send_message",
        "bizar_spawn_background",
        "bizar_status",
        "bizar_wait_for_feedback",
      ]);
      expect(run.toolAnswers("bizar_collect")).toEqual([
        [expect.objectContaining({ status: "done", result: "the result" })],
      ]);
      expect(run.exitCode).toBe(0);
    } finally {
      await rig.dispose();
    }
  },
  180_000,
);

test("opencode's own command finds both halves in the package, and in the terminal UI both are there", async () => {
  const rig = await createRig({ options: null });
  try {
    const { project, environment } = rig.sandbox;
    const command = [OPENCODE, "plugin", "--global", pack.installed];
    const installing = Bun.spawn(command, { cwd: project, env: environment, stdio: ["ignore", "pipe", "pipe"] });
    expect(await installing.stdout.text()).toContain("Detected server + tui targets");
    const ui = await startTerminalUi(rig.sandbox, ["--agent", "odin"], { columns: 80, rows: 24 });
    await until("the terminal half shows something", () => ui.screen().includes("Tab chooses Odin"));
    expect(ui.screen()).toContain("Odin · Model A");
    ui.kill("SIGTERM");
    await ui.exited;
  } finally {
    await rig.dispose();
  }
}, 180_000);

test("the installed package serves the page, and every file that the page names", async () => {
  const { createCanvas } = (await import(
    join(pack.installed, "src/canvas/canvas.ts")
  )) as typeof import("../../src/canvas/canvas.ts");
  const canvas = createCanvas({
    plans: new MemoryPlans("one"),
    openBrowser: "never",
    environment: {},
    report: () => undefined,
  });
  try {
    const { url } = await canvas.open("one");
    const { origin } = new URL(url);
    const { root, cookie } = await followLink(url);
    const html = await (await fetch(`${root}/plan/one`, { headers: { cookie } })).text();
    const named = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => `${origin}${path}`);
    expect(named.length).toBeGreaterThanOrEqual(2);
    const answers = await Promise.all(named.map(async (asset) => await fetch(asset)));
    expect(answers.map(({ status }) => status)).toEqual(named.map(() => 200));
  } finally {
    canvas.close();
  }
});
