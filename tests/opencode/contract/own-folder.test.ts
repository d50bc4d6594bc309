import { expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, readFile, readlink, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeConfig } from "../../../scripts/scripted-host/sandbox.ts";
import { runGit, TEN_LINES } from "../../workspace/git-rig.ts";
import type { ToolCall } from "../../../scripts/scripted-host/scripted-model.ts";
import { bash, type Answer } from "../rig.ts";
import { onBothBackends, type OnBackend } from "./on-both-backends.ts";

const contract = onBothBackends({ options: { minFreeMemoryMb: 0 } }, async ({ project }) => {
  runGit(["init", "-q", "-b", "main"], project);
  await writeFile(join(project, ".git/config"), "[user]\n\temail = user@example.org\n\tname = User\n", { flag: "a" });
  for (const backend of ["process", "warm"]) await writeFile(join(project, `lines-${backend}.txt`), TEN_LINES);
  runGit(["add", "-A"], project);
  runGit(["commit", "-qm", "first"], project);
});

/** Two agents start at the same time, and each works in a directory that opencode does not know yet. */
const LIMIT_MS = 120_000;
const OWN = { isolation: "worktree" } as const;

/** Has two agents, each in its folder, run a bash line while the other one is at work as well. */
async function twoAtOnce(
  on: OnBackend,
  name: string,
  lines: readonly [string | readonly ToolCall[], string],
): Promise<readonly Answer[]> {
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  const arrived = async () => {
    waiting += 1;
    if (waiting === 2) both.resolve();
    await both.promise;
  };
  const prompts = lines.map((line, index) => {
    const prompt = `${name}, part ${index + 1}, on ${on.backend}.`;
    const calls = typeof line === "string" ? [bash(line)] : line;
    on.plan(prompt, async () => (await arrived(), { calls }), { text: `part ${index + 1} is done` });
    return prompt;
  });
  const { spawned, collected } = await on.delegate(prompts.map((prompt) => ({ prompt, ...OWN })));
  expect(spawned.map(({ base }) => base)).toEqual([expect.stringMatching(/^[0-9a-f]{7}/), expect.anything()]);
  expect(collected.map(({ status }) => status)).toEqual(["done", "done"]);
  return collected;
}

/** Calls of Odin's, one after the other; what each of them answered. */
async function inTurn(on: OnBackend, name: string, ...calls: readonly (() => ToolCall)[]): Promise<Answer[]> {
  const prompt = `${name}, on ${on.backend}.`;
  on.plan(prompt, ...calls.map((call) => () => ({ calls: [call()] })));
  const asked = await on.ask(prompt);
  return calls.map((call, index) => {
    const { tool } = call();
    return asked.answers(tool)[calls.slice(0, index).filter((other) => other().tool === tool).length];
  });
}

const changes = (instanceId: string, action: string) => () => ({ tool: "bizar_changes", args: { instanceId, action } });
const collect = (instanceId: string) => () => ({ tool: "bizar_collect", args: { instanceId } });

contract(
  "two agents' changes of one file and of others, and the user's own meanwhile, all come to stand there",
  async (on) => {
    const { project } = on.sandbox;
    const file = `lines-${on.backend}.txt`;
    await writeFile(join(project, `dirty-${on.backend}.txt`), "not tracked\n");
    const index = runGit(["ls-files", "-s"], project);
    const [first, second] = await twoAtOnce(on, "Work on the lines", [
      [
        bash(`cat dirty-${on.backend}.txt > one-${on.backend}.txt; echo "slot $BIZAR_SLOT in $PWD"`),
        // The paths are the original's: they mean the copy, or are refused.
        bash(`echo spoilt > ${project}/${file}`),
        { tool: "read", args: { filePath: join(project, file) } },
        { tool: "write", args: { filePath: join(project, file), content: TEN_LINES.replace("line 1\n", "FIRST\n") } },
      ],
      `sed -i 's/^line 10$/SECOND/' ${file} && echo 2 > two-${on.backend}.txt`,
    ]);
    expect(await readFile(join(project, file), "utf8")).toBe(TEN_LINES);
    const { copy = "" } = (await on.record(first.instanceId)).folder ?? {};
    const [, last] = on.requestsFor(`Work on the lines, part 1, on ${on.backend}.`);
    expect(last?.system).toContain(`You work in ${copy}, a copy of ${project} of your own`);
    expect(last?.toolResults[0]).toMatch(/^slot [01] in /);
    expect(last?.toolResults[0]).toContain(copy);
    expect(last?.toolResults[1]).toContain(`use ${copy}/${file} in its place`);
    expect(first.changes).toMatchObject({ files: 2, insertions: 2, deletions: 1, applies: "clean" });
    await writeFile(join(project, file), TEN_LINES.replace("line 5\n", "USER\n"));
    const ids: string[] = [first.instanceId, second.instanceId];
    const [one, two, again] = await inTurn(
      ...([on, "Apply both"] as const),
      ...ids.map((id) => changes(id, "apply")),
      collect(first.instanceId),
    );
    for (const { message } of [one, two]) expect(message).toContain("Applied");
    expect(again).toMatchObject({ changes: "applied" });
    for (const id of ids) expect(existsSync((await on.record(id)).folder?.copy ?? "")).toBe(false);
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
  },
  LIMIT_MS,
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
    const { instanceId } = second;
    const applied = TEN_LINES.replace("line 5", "FIRST");
    const text = () => readFileSync(join(project, file), "utf8");
    const solved = applied.replaceAll("\n", "\\n").replace("FIRST", "BOTH");
    on.otherwise(({ prompt, step }) =>
      prompt.includes("merged into your folder") && step === 0
        ? { calls: [bash(`grep -c '<<<<<<<' ${file} && printf '${solved}' > ${file}`)] }
        : { text: "both are in" },
    );
    // Its folder has gone by then: a further turn has a new one, of the files as they are then.
    on.plan("And one more.", { calls: [bash(`grep -c BOTH ${file} && echo later > later-${on.backend}.txt`)] });
    const found: string[] = [];
    const noting = (call: () => ToolCall) => () => {
      found.push(text(), String(existsSync(join(project, `more-${on.backend}.txt`))));
      return call();
    };
    const [, refused, updated, both, , , later] = await inTurn(
      ...([on, "Decide"] as const),
      changes(first.instanceId, "apply"),
      changes(instanceId, "apply"),
      noting(changes(instanceId, "update")),
      collect(instanceId),
      changes(instanceId, "apply"),
      () => ({ tool: "bizar_send_message", args: { instanceId, prompt: "And one more." } }),
      collect(instanceId),
    );
    expect(found.slice(0, 2)).toEqual([applied, "false"]);
    expect(refused).toMatchObject({ reason: "conflict", files: [file] });
    expect(updated).toMatchObject({ conflicts: [file] });
    expect(both).toMatchObject({ status: "done", result: "both are in", changes: { files: 2, applies: "clean" } });
    expect(text()).toBe(applied.replace("FIRST", "BOTH"));
    expect(later).toMatchObject({ status: "done", changes: { files: 1, applies: "clean" } });
  },
  LIMIT_MS,
);

const MEBIBYTES_200 = 200 * 1_048_576;
const BYTES = String.raw`\000\377\001`;

/** A repository with a bit of everything that has bitten somebody. */
async function oddRepository(on: OnBackend): Promise<string> {
  const root = join(on.sandbox.root, `Für alle Fälle, ${on.backend}`);
  await mkdir(join(root, "lib"), { recursive: true });
  await writeConfig(root, on.model.url, { minFreeMemoryMb: 0 });
  const git = (...args: string[]) => runGit(args, root);
  git("init", "-q", "-b", "main");
  await writeFile(join(root, ".gitattributes"), "*.bat text eol=crlf\n");
  await writeFile(join(root, ".gitignore"), "ignored.bin\n");
  for (const name of ["to-be-moved.txt", "run.sh", "schön & gut.txt"]) await writeFile(join(root, name), TEN_LINES);
  await writeFile(join(root, "two-ends.txt"), "one\r\ntwo\r\n");
  await writeFile(join(root, "do.bat"), "one\r\ntwo\r\n");
  await writeFile(join(root, "some.bin"), new Uint8Array([0, 1, 2, 255]));
  await symlink("run.sh", join(root, "link"));
  runGit(["init", "-q"], join(root, "lib"));
  const user = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
  runGit([...user, "commit", "-q", "--allow-empty", "-m", "library"], join(root, "lib"));
  await writeFile(join(root, ".gitmodules"), '[submodule "lib"]\n\tpath = lib\n\turl = ./lib\n');
  git("add", "-A");
  git(...user, "commit", "-qm", "first");
  const settings = { "commit.gpgsign": "true", "gpg.program": "/does/not/exist", "core.autocrlf": "input" };
  for (const [name, setting] of Object.entries(settings)) git("config", name, setting);
  await writeFile(join(root, ".git/hooks/post-checkout"), "#!/bin/sh\nexit 1\n");
  await chmod(join(root, ".git/hooks/post-checkout"), 0o755);
  for (const name of ["ignored.bin", "large.bin"]) {
    await writeFile(join(root, name), "");
    await truncate(join(root, name), MEBIBYTES_200);
  }
  return root;
}

contract(
  "hooks, signing, line ends, binary files, modes, links, names, a submodule and huge files are right, or said",
  async (on) => {
    const root = await oddRepository(on);
    const before = runGit(["ls-files", "-s"], root);
    const prompt = `Change all kinds on ${on.backend}.`;
    const lines = [
      String.raw`printf 'one\r\nTWO\r\n' | tee two-ends.txt > do.bat`,
      `printf '${BYTES}' > some.bin`,
      "git mv to-be-moved.txt moved.txt",
      "chmod +x run.sh",
      "ln -sfn moved.txt link",
      "echo mehr >> 'schön & gut.txt'",
      "mkdir 'neu hier' && echo neu > 'neu hier/größer.txt'",
      // Signed it would be: that is the agent's own affair, and fails as it would for the user.
      "git commit -qam try; ls *.bin",
    ];
    on.plan(prompt, { calls: [bash(lines.join("\n"))] }, { text: "all of it" });
    const { spawned, collected } = await on.delegate([{ prompt, ...OWN }], { directory: root });
    const [{ note }, { instanceId, status, changes: made }] = [spawned[0], collected[0]];
    expect(note).toContain("large.bin (200 MB)");
    expect(note).toContain("Submodules are empty there: lib.");
    expect([status, made]).toEqual(["done", expect.objectContaining({ files: 8, applies: "clean" })]);
    expect(on.requestsFor(prompt).at(-1)?.toolResults[0]).toMatch(/some\.bin$/m);
    const apply = `Apply all kinds on ${on.backend}.`;
    on.plan(apply, { calls: [changes(instanceId, "apply")()] });
    expect((await on.ask(apply, { directory: root })).answers("bizar_changes")).toEqual([
      expect.objectContaining({ message: expect.stringContaining("Applied") }),
    ]);
    const text = async (name: string) => await readFile(join(root, name), "utf8");
    expect(await text("two-ends.txt")).toBe("one\r\nTWO\r\n");
    expect(await text("do.bat")).toBe("one\r\nTWO\r\n");
    expect([...(await readFile(join(root, "some.bin")))]).toEqual([0, 255, 1]);
    expect([existsSync(join(root, "to-be-moved.txt")), await text("moved.txt")]).toEqual([false, TEN_LINES]);
    expect([(await stat(join(root, "run.sh"))).mode & 0o100, await readlink(join(root, "link"))]).toEqual([
      0o100,
      "moved.txt",
    ]);
    expect(await text("schön & gut.txt")).toBe(`${TEN_LINES}mehr\n`);
    expect(await text("neu hier/größer.txt")).toBe("neu\n");
    expect((await stat(join(root, "large.bin"))).size).toBe(MEBIBYTES_200);
    expect(runGit(["ls-files", "-s"], root)).toBe(before);
    expect(runGit(["rev-parse", "--abbrev-ref", "HEAD"], root)).toBe("main");
  },
  LIMIT_MS,
);
