import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runGit, TEN_LINES } from "../../workspace/git-rig.ts";
import { bash, type Answer } from "../rig.ts";
import { onBothBackends, type OnBackend } from "./on-both-backends.ts";

const contract = onBothBackends({}, async ({ project }) => {
  runGit(["init", "-q", "-b", "main"], project);
  await writeFile(join(project, ".git/config"), "[user]\n\temail = user@example.org\n\tname = User\n", { flag: "a" });
  for (const backend of ["process", "warm"]) await writeFile(join(project, `lines-${backend}.txt`), TEN_LINES);
  runGit(["add", "-A"], project);
  runGit(["commit", "-qm", "first"], project);
});

const OWN = { isolation: "worktree" } as const;

/** Has two agents, each in its folder, run a bash line while the other one is at work as well. */
async function twoAtOnce(on: OnBackend, name: string, lines: readonly [string, string]): Promise<readonly Answer[]> {
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const arrived = async () => {
    waiting += 1;
    if (waiting === 2) both.resolve();
    await both.promise;
  };
  const prompts = lines.map((line, index) => {
    const prompt = `${name}, part ${index + 1}, on ${on.backend}.`;
    on.plan(prompt, async () => (await arrived(), { calls: [bash(line)] }), { text: `part ${index + 1} is done` });
    return prompt;
  });
  const { spawned, collected } = await on.delegate(prompts.map((prompt) => ({ prompt, ...OWN })));
  expect(spawned.map(({ base }) => base)).toEqual([expect.stringMatching(/^[0-9a-f]{7}/), expect.anything()]);
  expect(collected.map(({ status }) => status)).toEqual(["done", "done"]);
  return collected;
}

const decide = async (on: OnBackend, instanceId: string, action: string) =>
  await on.call("bizar_changes", { instanceId, action });

contract(
  "two agents' changes of one file and of others, and the user's own meanwhile, all come to stand there",
  async (on) => {
    const { project } = on.sandbox;
    const file = `lines-${on.backend}.txt`;
    await writeFile(join(project, `dirty-${on.backend}.txt`), "not tracked\n");
    const index = runGit(["ls-files", "-s"], project);
    const [first, second] = await twoAtOnce(on, "Work on the lines", [
      `sed -i 's/^line 1$/FIRST/' ${file} && cat dirty-${on.backend}.txt > one-${on.backend}.txt`,
      `sed -i 's/^line 10$/SECOND/' ${file} && echo 2 > two-${on.backend}.txt`,
    ]);
    expect(await readFile(join(project, file), "utf8")).toBe(TEN_LINES);
    expect(first.changes).toMatchObject({ files: 2, insertions: 2, deletions: 1, applies: "clean" });
    await writeFile(join(project, file), TEN_LINES.replace("line 5\n", "USER\n"));
    for (const { instanceId } of [first, second]) {
      expect(await decide(on, instanceId, "apply")).toMatchObject({ message: expect.stringContaining("Applied") });
      expect(existsSync((await on.record(instanceId)).folder?.copy ?? "")).toBe(false);
    }
    const all = TEN_LINES.replace("line 1\n", "FIRST\n").replace("line 5\n", "USER\n").replace("line 10\n", "SECOND\n");
    expect(await readFile(join(project, file), "utf8")).toBe(all);
    // opencode itself adds a line to its configuration (1.18.33), and the other backend was here.
    const ours = runGit(["status", "--porcelain", "-z"], project)
      .split("\0")
      .filter((line) => line.endsWith(`-${on.backend}.txt`));
    expect(ours.toSorted()).toEqual([
      ` M ${file}`,
      ...["dirty", "one", "two"].map((word) => `?? ${word}-${on.backend}.txt`),
    ]);
    expect(runGit(["ls-files", "-s"], project)).toBe(index);
    expect(await on.call("bizar_collect", { instanceId: first.instanceId })).toMatchObject({ changes: "applied" });
  },
);

contract(
  "of two that change the same line the second touches nothing and names the file; brought up to date, it goes in",
  async (on) => {
    const { project } = on.sandbox;
    const file = `same-${on.backend}.txt`;
    await writeFile(join(project, file), TEN_LINES);
    const [first, second] = await twoAtOnce(on, "Change the same line", [
      `sed -i 's/^line 5$/FIRST/' ${file}`,
      `sed -i 's/^line 5$/SECOND/' ${file} && echo more > more-${on.backend}.txt`,
    ]);
    await decide(on, first.instanceId, "apply");
    const applied = TEN_LINES.replace("line 5", "FIRST");
    expect(await decide(on, second.instanceId, "apply")).toMatchObject({ reason: "conflict", files: [file] });
    expect([await readFile(join(project, file), "utf8"), existsSync(join(project, `more-${on.backend}.txt`))]).toEqual([
      applied,
      false,
    ]);
    on.otherwise((request) =>
      request.prompt.includes("merged into your folder") && request.step === 0
        ? {
            calls: [
              bash(
                `grep -c '<<<<<<<' ${file} && printf '${applied.replaceAll("\n", "\\n").replace("FIRST", "BOTH")}' > ${file}`,
              ),
            ],
          }
        : { text: "both are in" },
    );
    expect(await decide(on, second.instanceId, "update")).toMatchObject({ conflicts: [file] });
    expect(await on.call("bizar_collect", { instanceId: second.instanceId })).toMatchObject({
      ...{ status: "done", result: "both are in" },
      changes: { files: 2, applies: "clean" },
    });
    await decide(on, second.instanceId, "apply");
    expect(await readFile(join(project, file), "utf8")).toBe(applied.replace("FIRST", "BOTH"));
  },
  90_000,
);
