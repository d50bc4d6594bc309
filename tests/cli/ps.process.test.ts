import { expect, onTestFinished, test } from "bun:test";
import { Terminal } from "@xterm/headless";
import { openStore } from "../store/store-rig.ts";
import type { SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { until } from "../until.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createCommandLine, gone, livingOwner } from "./command-line-rig.ts";

/** The cells of a table's rows. */
function rows(text: string): string[][] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));
}

const HEAD = ["ID", "AGENT", "STATUS", "ACTIVITY", "SILENT", "TOOLS", "TOKENS", "COST", "AGE", "OPENCODE", "TITLE"];
/** A machine may be slow. */
const ABOUT_69_S: unknown = expect.stringMatching(/^(69|[78]\d)s$/);
const { progress } = sampleInstance();

test("agents at work are listed, and whether their opencode lives", async () => {
  const line = createCommandLine();
  const createdAt = Date.now() - 3 * 3_600_000 - 5 * 60_000 - 30_000;
  const lastActivityAt = Date.now() - 69_000;
  const tokens = { ...progress.tokens, input: 12_000, cacheRead: 340 };
  const atWork = { ...progress, activity: "tool bash", toolCallCount: 7, costUsd: 1.239, lastActivityAt, tokens };
  await line.leave("running", { instanceId: sampleId(1), createdAt, progress: atWork }, livingOwner());
  await line.leave("queued", { instanceId: sampleId(2), createdAt: Date.now() - 69_000, agent: "thor" }, gone);
  const silent = { ...progress, lastActivityAt: Date.now() - 245_000, costUsd: 0.001 };
  await line.leave(
    "running",
    { instanceId: sampleId(3), createdAt, progress: silent },
    { ...gone, bootId: "another boot" },
  );
  await line.leave("done", { instanceId: sampleId(4) });
  const { exitCode, stdout, stderr } = await line.run("ps");
  expect(rows(stdout)).toEqual([
    HEAD,
    [sampleId(1), "mimir", "running", "tool bash", ABOUT_69_S, "7", "12.3k", "$1.24", "3h05m", "lives", "Look around"],
    [
      sampleId(3),
      "mimir",
      "running",
      "starting",
      expect.stringMatching(/^4m[01]\ds$/),
      "0",
      "0",
      "<$0.01",
      "3h05m",
      "elsewhere",
      "Look around",
    ],
    [sampleId(2), "thor", "queued", "starting", "-", "0", "0", "$0.00", ABOUT_69_S, "gone", "Look around"],
  ]);
  expect([exitCode, stderr]).toEqual([0, ""]);
});

test("--all lists those that have ended too, with the reason", async () => {
  const line = createCommandLine();
  const createdAt = Date.now() - 50 * 3_600_000;
  await line.leave("failed", { instanceId: sampleId(1), createdAt });
  await line.leave("killed", { instanceId: sampleId(2), createdAt });
  const { stdout } = await line.run("ps", "--all");
  expect(rows(stdout).slice(1)).toEqual([
    [sampleId(1), "mimir", "failed: session_error", "-", "-", "0", "0", "$0.00", "2d02h", "-", "Look around"],
    [sampleId(2), "mimir", "killed", "-", "-", "0", "0", "$0.00", "2d02h", "-", "Look around"],
  ]);
});

test("--json gives every number in full", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", { progress: { ...progress, costUsd: 0.123456 } }, owner);
  const [agent, ...more] = JSON.parse((await line.run("ps", "--json")).stdout) as Record<string, unknown>[];
  expect(agent).toMatchObject({
    instanceId: sampleId(1),
    status: "running",
    costUsd: 0.123456,
    owner: { pid: owner.pid, state: "lives" },
    processId: 4242,
  });
  expect(agent?.["ageMs"]).toBeGreaterThan(0);
  expect(more).toEqual([]);
});

test("nobody at work is said on stderr, and an empty array is an answer", async () => {
  const line = createCommandLine();
  expect(await line.run("ps")).toEqual({ exitCode: 0, stdout: "", stderr: "opencode-bizar: there are no agents\n" });
  await line.leave("done");
  expect((await line.run("ps")).stderr).toContain("no agent is at work; 1 have ended (--all)");
  expect((await line.run("ps", "--json")).stdout).toBe("[]\n");
});

test("what a model wrote cannot steer the terminal, and without one there are no colours", async () => {
  const line = createCommandLine();
  await line.leave("running", { title: "red\u001b[31m\nnew\u0007 line" });
  const { stdout } = await line.run("ps");
  expect(stdout).toContain("red\\x1b[31m new\\x07 line");
  expect(stdout).not.toContain("\u001b");
});

test("a terminal is shown colours, unless NO_COLOR is set", async () => {
  const line = createCommandLine();
  await line.leave("running");
  const inTerminal = async (environment: Record<string, string>) => {
    let text = "";
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/../../src/cli/main.ts`, "ps"], {
      env: { ...process.env, BIZAR_STATE_DIR: line.paths.stateDir, ...environment },
      terminal: { cols: 200, rows: 20, data: (_, bytes) => void (text += new TextDecoder().decode(bytes)) },
    });
    await child.exited;
    return text;
  };
  expect(await inTerminal({ NO_COLOR: "" })).toContain("\u001b[36mrunning\u001b[0m");
  expect(await inTerminal({ NO_COLOR: "1" })).not.toContain("\u001b");
});

/** Fifty agents of three opencodes: what an operator looks for stands out by one number each. */
async function fifty(line: ReturnType<typeof createCommandLine>): Promise<SupervisorIdentity> {
  const living = livingOwner();
  const owners = [living, gone, { ...gone, bootId: "another boot" }];
  const now = Date.now();
  for (let number = 1; number <= 50; number++) {
    const state = number % 5 === 0 ? "queued" : number % 2 === 0 ? "done" : "running";
    const given = {
      activity: state === "queued" ? "waits for memory" : "writing",
      costUsd: number === 22 ? 9.5 : number / 100,
      lastActivityAt: now - (number === 33 ? 600_000 : number * 1000),
    };
    const parent = { sessionId: `ses_${"0".repeat(8)}${number % 3}`, messageId: "msg_parent", agent: "odin" };
    const agent = number % 7 === 0 ? "thor" : "mimir";
    const title = number === 42 ? "the settings" : "Look around";
    const one = { instanceId: sampleId(number), agent, parent, title, progress: { ...progress, ...given } };
    await line.leave(state, one, owners[number % 3]);
  }
  return living;
}

test("among fifty agents of three opencodes one command finds each one that matters", async () => {
  const line = createCommandLine();
  await fifty(line);
  const first = async (...args: string[]) => rows((await line.run("ps", ...args)).stdout)[1]?.[0];
  expect(await first("--all", "--sort", "cost")).toBe(sampleId(22));
  expect(await first("--sort", "silent")).toBe(sampleId(33));
  const queued = rows((await line.run("ps", "--status", "queued")).stdout).slice(1);
  expect(queued.map(([id, , , activity]) => [id, activity])).toEqual(
    [5, 10, 15, 20, 25, 30, 35, 40, 45, 50].map((number) => [sampleId(number), "waits for memory"]),
  );
  const ids = async (...args: string[]) =>
    (JSON.parse((await line.run("ps", "--json", ...args)).stdout) as { instanceId: string }[]).map((one) =>
      Number(one.instanceId.slice(-2)),
    );
  expect(await ids("--agent", "THOR")).toEqual([7, 21, 35, 49]);
  expect(await ids("--agent", "thor", "--all", "--parent", "000001")).toEqual([7, 28, 49]);
  expect(await ids("--find", "SETTINGS", "--all")).toEqual([42]);
  expect((await ids("--status", "done")).length).toBe(20);
  expect((await line.run("ps", "--agent", "loki")).stderr).toContain(
    "none of 50 agents is meant; 20 have ended (--all)",
  );
}, 30_000);

test("--json -w writes a line at once, and one for each change", async () => {
  const line = createCommandLine();
  const owner = livingOwner();
  await line.leave("running", {}, owner);
  const child = line.start("ps", "--json", "-w");
  onTestFinished(() => child.kill());
  const lines: string[] = [];
  const reading = (async () => {
    let text = "";
    for await (const chunk of child.stdout) {
      text += new TextDecoder().decode(chunk);
      lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
    }
  })();
  const shown = () => lines.map((text) => (JSON.parse(text) as { activity: string }[]).map(({ activity }) => activity));
  await until("it is there", () => lines.length === 1);
  const store = openStore(line.paths, owner).store;
  await store.save(sampleInstance("running", { progress: { ...progress, activity: "tool bash: bun test" } }));
  await until("the change is there", () => lines.length === 2);
  const live = {
    activity: "tool bash: bun test",
    since: Date.now() - 12_500,
    toolCallCount: 9,
    costUsd: 0.5,
    tokens: 7,
  };
  line.file("recordDir", `${sampleId(1)}.live`, JSON.stringify({ ...live, lastActivityAt: Date.now() }));
  await until("what is newer is there", () => lines.length === 3);
  expect((await line.run("ps")).stdout).toMatch(/ tool bash: bun test, \d\d s +\d+s +9 /);
  await store.save(sampleInstance("done"));
  await until("the end is there", () => lines.at(-1) === "[]");
  expect(shown()).toEqual([["starting"], ["tool bash: bun test"], ["tool bash: bun test"], []]);
  expect(lines[2]).toContain('"toolCallCount":9,');
  child.kill();
  await reading;
});

test("-w shows agents live in the whole terminal, sorts and filters by keys, and gives the terminal back", async () => {
  const line = createCommandLine();
  const owner = await fifty(line);
  const emulator = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  let written = "";
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/../../src/cli/main.ts`, "ps", "-w"], {
    env: { ...process.env, BIZAR_STATE_DIR: line.paths.stateDir, TERM: "xterm-256color" },
    terminal: {
      cols: 80,
      rows: 24,
      data: (_, bytes) => {
        written += new TextDecoder().decode(bytes);
        emulator.write(bytes);
      },
    },
  });
  onTestFinished(() => child.kill("SIGKILL"));
  const screen = () =>
    Array.from({ length: 24 }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true) ?? "");
  await until("it is there", () => screen()[0]?.startsWith("30 agents (20 running, 10 queued)") ?? false);
  expect(screen()[0]).toContain("by age");
  expect(screen()[2]).toMatch(/^ID +AGENT +STATUS +ACTIVITY +.*COST +AGE +TITLE$/);
  expect(screen()[21]).toBe("… 12 more");
  expect(screen()[23]).toStartWith("q quit");
  child.terminal?.write("s");
  await until("the most silent comes first", () => screen()[3]?.startsWith("000033") ?? false);
  child.terminal?.write("a");
  await until("the ended are there, too", () => screen()[0]?.startsWith("50 agents") ?? false);
  child.terminal?.write("c");
  await until("the dearest comes first", () => screen()[3]?.startsWith("000022") ?? false);
  child.terminal?.write("/settinsg\u007f\u007fgs\r");
  await until("one is left", () => screen()[0]?.includes("1 agent (1 ended)") ?? false);
  await openStore(line.paths, owner).store.save(
    sampleInstance("running", {
      ...{ instanceId: sampleId(42), title: "the settings" },
      progress: { ...progress, activity: "tool bash: bun test" },
    }),
  );
  await until("a change is there", () => screen()[3]?.includes("tool bash") ?? false);
  child.terminal?.write("q");
  expect(await child.exited).toBe(0);
  expect(written).toEndWith("\u001b[?25h\u001b[?1049l");
}, 30_000);
test("where agents run elsewhere a column says where, and JSON tells exactly", async () => {
  const line = createCommandLine();
  const createdAt = Date.now() - 90_000;
  const place = { host: "node7", job: "4711" };
  await line.leave("running", { instanceId: sampleId(1), createdAt, on: "slurm", place }, livingOwner());
  await line.leave("running", { instanceId: sampleId(2), createdAt }, livingOwner());
  const { stdout } = await line.run("ps");
  expect(rows(stdout).map((cells) => cells.at(-1))).toEqual(["ON", "slurm", "here"]);
  const json = JSON.parse((await line.run("ps", "--json")).stdout);
  expect(json[0]).toMatchObject({ on: "slurm", place });
  expect(json[1]).not.toHaveProperty("on");
  expect((await line.run("show", sampleId(1))).stdout).toContain("slurm (node7, job 4711)");
});
