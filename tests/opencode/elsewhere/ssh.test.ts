import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGit } from "../../workspace/git-rig.ts";
import { bash, createRig, recordOf, serve, spawn, until, type Answer, type ServedRig } from "../rig.ts";
import { startOtherUser, whyNoSsh, type OtherUser } from "./ssh-rig.ts";

const LIMIT_MS = 180_000;
const GONE_MS = 5000;
/** Says where it has run, and changes nothing there. */
const SET_UP = 'pwd >> "$HOME/set-up.txt"; echo "made ready"';

const why = whyNoSsh();
if (why !== undefined) console.error(`Agents of another user, over ssh, are not tried: ${why}`);

describe.skipIf(why !== undefined)("agents of another user with another home, over ssh", () => {
  let rig: ServedRig;
  let there: OtherUser;
  beforeAll(async () => {
    there = await startOtherUser({
      ...{ OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1" },
      ...{ BUN_JSC_useDFGJIT: "0", Malloc: "1" },
    });
    const launchers = { far: { command: there.command, files: "git" } };
    const created = await createRig({ options: { launchers, minFreeMemoryMb: 0, worktreeSetup: SET_UP } });
    const { project } = created.sandbox;
    await writeFile(join(project, "kept.txt"), "as it was\n");
    await writeFile(join(project, "changed.txt"), "before\n");
    runGit(["init", "-q", "-b", "main"], project);
    runGit(["config", "user.email", "user@example.org"], project);
    runGit(["config", "user.name", "User"], project);
    runGit(["add", "-A"], project);
    runGit(["commit", "-qm", "first"], project);
    await writeFile(join(project, "untracked.txt"), "not committed\n");
    rig = await serve(created);
  }, LIMIT_MS);
  afterAll(async () => {
    await rig.dispose();
    await there.stop();
  });

  test(
    "two write in copies of the files there, and their changes come back and apply",
    async () => {
      const lines = [
        "cat untracked.txt && echo after > changed.txt && pwd",
        `printf 'one\\000two' > new.bin && rm kept.txt && whoami`,
      ];
      const prompts = lines.map((line, index) => {
        const prompt = `Task ${index} with ünïcödé and 'quotes'.`;
        rig.plan(prompt, { calls: [bash(line)] }, (request) => ({ text: request.toolResults.join() }));
        return prompt;
      });
      rig.plan(
        "Send out two.",
        spawn(...prompts.map((prompt) => ({ agent: "thor", on: "far", prompt }))),
        (request) => ({
          calls: [{ tool: "bizar_collect", args: { instanceIds: ids(request.toolResults), timeoutMs: 150_000 } }],
        }),
        (request) => ({
          calls: (JSON.parse(request.toolResults.at(-1) ?? "[]") as Answer[]).map(({ instanceId }) => ({
            tool: "bizar_changes",
            args: { instanceId, action: "apply" },
          })),
        }),
      );
      const answer = await rig.ask("Send out two.");
      const [collected] = answer.answers("bizar_collect");
      const ends = collected.map(({ status, error }: Answer) => [status, error ?? null]);
      expect(ends).toEqual([
        ["done", null],
        ["done", null],
      ]);
      expect(String(collected?.[0]?.result)).toContain(join(there.home, ".cache/bizar/elsewhere"));
      expect(collected).toMatchObject([
        { status: "done", result: expect.stringContaining("not committed"), changes: { files: 1, applies: "clean" } },
        { status: "done", result: expect.stringContaining("bizar-there"), changes: { files: 2, applies: "clean" } },
      ]);
      const { project } = rig.sandbox;
      expect(await readFile(join(project, "changed.txt"), "utf8")).toBe("after\n");
      expect(await readFile(join(project, "new.bin"), "utf8")).toBe("one\u0000two");
      expect(await Bun.file(join(project, "kept.txt")).exists()).toBe(false);
      const record = await recordOf(rig, collected[0]);
      expect(record).toMatchObject({ on: "far", voice: true });
      // They were made ready where they work, and nowhere else.
      const ready = (await readFile(join(there.home, "set-up.txt"), "utf8")).trim().split("\n");
      const copies = collected.map(({ instanceId }: Answer) => join(there.home, ".cache/bizar/elsewhere", instanceId));
      expect(ready.toSorted()).toEqual(copies.toSorted());
      expect(existsSync(join(rig.sandbox.home, "set-up.txt"))).toBe(false);
      expect(await readFile(record.logPath, "utf8")).toContain("bizar: made ready\n");
    },
    LIMIT_MS,
  );

  test(
    "the line is cut in the middle: nothing runs on there, and the record says so",
    async () => {
      rig.plan("hold the line", { calls: [bash("echo begun; sleep 300")] });
      rig.plan("Send one out.", spawn({ agent: "thor", on: "far", prompt: "hold the line" }));
      const [{ instanceId }] = (await rig.ask("Send one out.")).answers("bizar_spawn_background");
      await until("it is at work there", () => there.running().some((line) => line.includes("sleep 300")));
      const { process: launcher } = await recordOf(rig, { instanceId });
      process.kill(launcher?.pid ?? 0, "SIGKILL");
      await until("nothing runs there", () => there.running().length === 0, GONE_MS);
      await until("its end is written", async () => (await recordOf(rig, { instanceId })).endedAt !== null);
      const record = await recordOf(rig, { instanceId });
      expect(record).toMatchObject({ status: "failed", reason: "connection_lost" });
      expect(record.error).toContain("ssh was ended by SIGKILL");
      expect(record.error).toContain("Nobody has seen how it ended there.");
    },
    LIMIT_MS,
  );

  test(
    "a kill waits until nothing runs there",
    async () => {
      rig.plan("to be killed", { calls: [bash("echo begun; sleep 301")] });
      rig.plan("Send another one.", spawn({ agent: "thor", on: "far", prompt: "to be killed" }));
      const [{ instanceId }] = (await rig.ask("Send another one.")).answers("bizar_spawn_background");
      await until("it is at work there", () => there.running().some((line) => line.includes("sleep 301")));
      rig.plan("Kill it.", { calls: [{ tool: "bizar_kill", args: { instanceId } }] });
      const [killed] = (await rig.ask("Kill it.")).answers("bizar_kill");
      expect(killed).toMatchObject({ status: "killed" });
      expect(there.running().filter((line) => line.includes("opencode"))).toEqual([]);
    },
    LIMIT_MS,
  );
});

function ids(results: readonly string[]): string[] {
  return results.map((text) => (JSON.parse(text) as { instanceId: string }).instanceId);
}
