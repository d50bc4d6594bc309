import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "bun:test";
import { processBackend } from "../../../src/backends/process/process-backend.ts";
import { judge } from "../../../src/supervisor/outcome.ts";
import type { Launcher } from "../../../src/backends/process/launcher.ts";
import { systemProcessTable } from "../../../src/processes/process-table.ts";
import { packFolder, unpackFolder } from "../../../src/workspace/travel.ts";
import { until } from "../../until.ts";
import { gitRig, value } from "../../workspace/git-rig.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { startTurn, turnParts, type StartedTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

/** An opencode that has the plugin and an agent, and does what a test says. */
function opencode(run: string, { version = "1.2.3", agents = "bizar-is-here\nmimir (all)" } = {}): string {
  const path = join(temporaryFolder(), "opencode");
  const script = `#!/bin/sh
case "$1" in
  --version) echo "${version}" ;;
  agent) printf '%s\\n' '${agents.replaceAll("\n", "' '")}' ;;
  *) ${run} ;;
esac
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

/** One step of the host, as it prints it. */
const STEP = `echo '{"type":"text","timestamp":1,"sessionID":"ses_1","part":{"messageID":"msg_1","text":"said"}}'; echo '{"type":"step_finish","timestamp":2,"sessionID":"ses_1","part":{"messageID":"msg_1","reason":"stop","tokens":{}}}'`;
const PLAIN = { command: ["env"], files: "shared", queueMs: 60_000 } as const;

function launch(
  binary: string,
  launcher: Partial<Launcher> = {},
  request: { prompt?: string; directory?: string } = {},
) {
  const launchers = { there: { ...PLAIN, ...launcher } };
  return startTurn("", { on: "there", ...request }, { binary, launchers, killGraceMs: 500 });
}

async function outcomeOf(turn: StartedTurn) {
  return judge((await turn.ended).evidence);
}

test("stdin without its first line, and the exit code, are those of the run", async () => {
  const prompt = "  a 'b' $(c)\n\nd";
  const turn = launch(opencode(`cat >&2; exit 7`), {}, { prompt });
  const { evidence } = await turn.ended;
  expect(evidence.cause).toMatchObject({ exitCode: 7 });
  expect(turn.log().join("\n")).toContain(`[stderr]   a 'b' $(c)\n[stderr] \n[stderr] d`);
});

test("a run that comes to its end is done, by the words that it printed", async () => {
  const { evidence } = await launch(opencode(STEP)).ended;
  expect(evidence).toMatchObject({ cause: exited(0), words: ["said"], finish: "stop" });
});

describe("what is lacking there is said, and nothing is started", () => {
  const never = "touch started";
  const cases: [what: string, binary: () => string, directory: string | undefined, words: string][] = [
    ["a folder", () => opencode(never), "/no/such/folder", "There is no folder /no/such/folder on there."],
    ["opencode", () => "/no/such/opencode", undefined, "There is no opencode on there"],
    [
      "a plugin",
      () => opencode(never, { agents: "mimir (all)" }),
      undefined,
      "does not load the plugin opencode-bizar",
    ],
    [
      "an agent",
      () => opencode(never, { agents: "bizar-is-here\nthor (all)" }),
      undefined,
      'no agent "mimir" on there',
    ],
  ];
  for (const [what, binary, directory, words] of cases) {
    test(what, async () => {
      const launcher = { command: ["env", "PATH=/usr/bin:/bin", "HOME=/nowhere"] };
      const turn = launch(binary(), launcher, directory === undefined ? {} : { directory });
      expect(await outcomeOf(turn)).toMatchObject({ reason: "spawn_failed", error: expect.stringContaining(words) });
    });
  }

  test("the same version", async () => {
    // The launcher leads to another opencode than the one here.
    const other = opencode(never, { version: "9.9.9" });
    const turn = launch(opencode(never), {
      command: [
        "sh",
        "-c",
        `a=$1; b=$2; c=$3; d=$4; e=$5; f=$6; g=$7; shift 8; exec "$a" "$b" "$c" "$d" "$e" "$f" "$g" ${other} "$@"`,
        "sh",
      ],
    });
    const { error } = await outcomeOf(turn);
    expect(error).toBe("opencode on there is version 9.9.9; expected 1.2.3, as here. Install that one there.");
  });
});

test("a place is looked at once for all agents of a directory, whatever folders they work in, and anew for another agent", async () => {
  const looks = join(temporaryFolder(), "looks");
  const speaks = join(import.meta.dir, "../../fixtures/speaks.ts");
  const binary = opencode(`exec ${speaks}`, { agents: `bizar-is-here\nmimir (all)\nthor (all)` });
  const told = await Bun.file(binary).text();
  writeFileSync(binary, told.replace("agent) ", `agent) echo look >> ${looks}; `));
  const [original, ...copies] = [temporaryFolder(), temporaryFolder(), temporaryFolder()] as const;
  const backend = processBackend(turnParts({ binary, launchers: { there: PLAIN } }));
  const run = async (directory: string, agent: string) => {
    const folder = { original, copy: directory, directory, base: "a1b2c3d" };
    return await startTurn("", { on: "there", agent, directory, folder }, {}, backend).ended;
  };
  for (const copy of copies) expect((await run(copy, "mimir")).evidence.words).toEqual(["spoken"]);
  expect(await Bun.file(looks).text()).toBe("look\n");
  await run(copies[0], "thor");
  expect(await Bun.file(looks).text()).toBe("look\nlook\n");
});

test("a launcher that is not there, and one that starts nothing, are told with their words", async () => {
  const missing = await outcomeOf(launch(opencode(STEP), { command: ["bizar-no-such-launcher"] }));
  expect(missing).toMatchObject({ reason: "spawn_failed", error: expect.stringContaining("bizar-no-such-launcher") });
  const command = ["sh", "-c", "echo no room at the inn >&2; exit 3", "sh"];
  const refused = await outcomeOf(launch(opencode(STEP), { command }));
  expect(refused.reason).toBe("spawn_failed");
  expect(refused.error).toContain('sh exited with code 3. Its words: "no room at the inn"');
});

test("a shell that the words do not reach whole runs nothing of the prompt, and it is said what to do", async () => {
  const witness = join(temporaryFolder(), "run");
  const turn = launch(opencode(STEP), { command: ["sh", "-c", "--"] }, { prompt: `touch ${witness}` });
  const outcome = await outcomeOf(turn);
  expect(outcome).toMatchObject({ reason: "spawn_failed", error: expect.stringContaining("put {command} where") });
  expect(existsSync(witness)).toBe(false);
});

test("a launcher that keeps stdin for itself is told what it has to do with it", async () => {
  const turn = launch(opencode(STEP), { command: ["sh", "-c", 'exec "$@" </dev/null', "sh"] });
  const words = "Nothing came over stdin there: the launcher has to hand it on";
  expect(await outcomeOf(turn)).toMatchObject({ reason: "spawn_failed", error: expect.stringContaining(words) });
});

test("a folder below the home of there is found", async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "a b"));
  const turn = launch(opencode(`pwd >&2; ${STEP}`), { command: ["env", `HOME=${home}`], directory: "~/a b" });
  expect(await outcomeOf(turn)).toMatchObject({ status: "done" });
  expect(turn.log()).toContain(`[stderr] ${join(home, "a b")}`);
});

test("a line that breaks before the end is told is lost, with the launcher's words, and no end is claimed", async () => {
  const begun = join(temporaryFolder(), "begun");
  const cut = `exec 3<&0; "$@" <&3 & c=$!; until [ -e ${begun} ]; do sleep 0.05; done; echo the cable is cut >&2; kill -KILL $c; exit 255`;
  const command = ["sh", "-c", cut, "sh"];
  const outcome = await outcomeOf(launch(opencode(`touch ${begun}; exec sleep 60`), { command }));
  expect(outcome).toMatchObject({ status: "failed", reason: "connection_lost" });
  expect(outcome.error).toContain("the cable is cut");
  expect(outcome.error).toContain("Nobody has seen how it ended there.");
});

test("one that waits longer in the line there than it may is ended, and says so", async () => {
  const turn = launch(opencode(STEP), {
    command: ["sh", "-c", "echo srun: job 77 queued >&2; exec sleep 60", "sh"],
    queueMs: 300,
  });
  await turn.logged(/job 77 queued/);
  while (turn.seen.stops.length === 0) await Bun.sleep(10);
  expect(turn.seen.stops).toEqual([
    { status: "failed", reason: "spawn_failed", error: expect.stringContaining("It waited on there for 300 ms") },
  ]);
  await turn.stop();
  expect(turn.members()).toEqual([]);
});

test("a kill ends the launcher, then runs what the launcher has for that", async () => {
  const witness = join(temporaryFolder(), "killed");
  const turn = launch(opencode("echo at work >&2; exec sleep 60"), {
    kill: ["sh", "-c", `echo "$1" > ${witness}`, "sh", "{instanceId}"],
  });
  await turn.logged(/at work/);
  await turn.stop();
  expect(await Bun.file(witness).text()).toBe(`${turn.request.instanceId}\n`);
  expect(turn.members()).toEqual([]);
  expect((await turn.ended).unseen).toBeUndefined();
});

test("a kill that fails there leaves it open whether something runs", async () => {
  const kill = ["sh", "-c", "echo no such job >&2; exit 1"];
  const turn = launch(opencode("echo at work >&2; exec sleep 60"), { kill });
  await turn.logged(/at work/);
  await turn.stop();
  expect((await turn.ended).unseen).toContain("no such job");
});

/** An agent in a copy of its folder, which a command makes ready there. */
async function inCopy(setUp: string, limitMs = 60_000, launcher: Partial<Launcher> = {}) {
  const rig = gitRig();
  const { instanceId } = await rig.agent();
  const directory = join(temporaryFolder(), "there");
  const binary = opencode(`cat made.txt >&2; ${STEP}`);
  // On another machine it is the one that is found by its name.
  const command = ["env", `PATH=${dirname(binary)}:${process.env["PATH"]}`];
  const run = () =>
    startTurn(
      "",
      { on: "there", instanceId },
      {
        binary,
        launchers: { there: { ...PLAIN, command, files: "git", directory, ...launcher } },
        setUp: { command: setUp, limitMs },
        travel: {
          pack: async (id) => value(await packFolder(rig.parts, id)),
          mostBytes: 1_000_000,
          async unpack(id, bundle) {
            value(await unpackFolder(rig.parts, id, bundle === undefined ? undefined : { bundle }));
            return {};
          },
        },
      },
    );
  return { run, copy: join(directory, instanceId), here: rig };
}

describe("what makes copied files ready", () => {
  test("runs there, before the agent, and once in each copy; what it prints is in the log", async () => {
    const { run, copy, here } = await inCopy(
      `echo "it's ünï"; pwd; [ "$BIZAR_FOLDER" = "$PWD" ] && echo x >> made.txt`,
    );
    for (let number = 1; number <= 2; number++) {
      const turn = run();
      const { evidence } = await turn.ended;
      expect(evidence).toMatchObject({ cause: exited(0), words: ["said"] });
      expect(turn.log()).toContain("[stderr] x");
    }
    expect(await Bun.file(join(copy, "made.txt")).text()).toBe("x\n");
    expect(existsSync(join(here.project, "made.txt"))).toBe(false);
    const first = run();
    await first.ended;
    expect(first.log().join("\n")).not.toContain("ünï");
  });

  const failing: [how: string, command: string, limitMs: number, words: string][] = [
    [
      "a code of its own",
      "echo one; echo two >&2; exit 3",
      60_000,
      "ended with code 3 on there. Its last lines:\none\ntwo",
    ],
    ["nothing printed", "exit 1", 60_000, "ended with code 1 on there. It has printed nothing."],
    ["a command that is not there", "bizar-no-such-command", 60_000, "ended with code 127 on there."],
    [
      "more time than it may take",
      "echo slow; sleep 61",
      1000,
      "took longer than 1000 ms on there. Its last lines:\nslow",
    ],
  ];
  for (const [how, command, limitMs, words] of failing) {
    test(`fails the agent where it fails, and is made good by another turn: ${how}`, async () => {
      const { run, copy } = await inCopy(command, limitMs);
      const turn = run();
      const outcome = await outcomeOf(turn);
      expect(outcome).toMatchObject({ status: "failed", reason: "workspace_failed" });
      expect(outcome.error).toStartWith(`worktreeSetup (${JSON.stringify(command)}) ${words}`);
      expect(turn.seen.sessions).toEqual([]);
      expect([existsSync(join(copy, ".git")), existsSync(join(copy, ".git/bizar-ready"))]).toEqual([true, false]);
      expect(turn.members()).toEqual([]);
    });
  }

  test.skipIf(process.platform !== "linux")(
    "ends with all of it when nobody is left",
    async () => {
      // As with ssh: the launcher goes, and what it has started sees its pipes break.
      const command = [
        "sh",
        "-c",
        'exec 3<&0; "$@" <&3 2>&1 >/dev/null | { while IFS= read -r line; do echo "$line" >&2; case "$line" in *setUp*) exit ;; esac; done; }',
        "sh",
      ];
      const seconds = `46${process.pid}`;
      const { run } = await inCopy(`sleep ${seconds} & sleep ${seconds}`, 60_000, { command });
      const turn = run();
      const left = () =>
        systemProcessTable()
          .list()
          .filter(({ command: found }) => found === `sleep ${seconds}`);
      await until("it runs", () => left().length === 2);
      await until("it was ended", () => left().length === 0);
      await turn.ended;
    },
    30_000,
  );
});

test("a place that is not set up any more is told, and nothing runs here instead", async () => {
  const turn = startTurn("", { on: "gone" }, { binary: opencode(STEP), launchers: {} });
  expect(await outcomeOf(turn)).toMatchObject({
    reason: "spawn_failed",
    error: expect.stringContaining('no place "gone" any more'),
  });
});
