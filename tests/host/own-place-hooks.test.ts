import { expect, test } from "bun:test";
import { existsSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ownPlaceHooks } from "../../src/host/own-place-hooks.ts";
import type { OwnPlace } from "../../src/workspace/own-folder-of.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const copy = "/state/worktrees/bgr_1/my app";
const place = { originals: ["/home/u/my app", "/data/app"], copy, directory: `${copy}/core`, slot: 3 };

async function call(
  tool: string,
  args: Record<string, unknown>,
  at: OwnPlace = place,
): Promise<Record<string, unknown> | string> {
  const given = { ...args };
  try {
    await ownPlaceHooks(at)["tool.execute.before"]({ tool, sessionID: "ses_1", callID: "call_1" }, { args: given });
    return given;
  } catch (error) {
    return (error as Error).message;
  }
}

test.each([
  ["read", "filePath", "/home/u/my app/src/a.ts", `${place.copy}/src/a.ts`],
  ["write", "filePath", "/data/app/new.ts", `${place.copy}/new.ts`],
  ["edit", "filePath", "/home/u/my app", place.copy],
  ["grep", "path", "/data/app", place.copy],
  ["glob", "path", "/data/app/src", `${place.copy}/src`],
  ["bash", "workdir", "/data/app/src", `${place.copy}/src`],
  ["read", "filePath", "src/a.ts", "src/a.ts"],
  ["read", "filePath", "/data/app/../app/./src/a.ts", `${place.copy}/src/a.ts`],
  ["edit", "filePath", "/etc/../data/app/a.ts", `${place.copy}/a.ts`],
  ["write", "filePath", "../../../../../data/app/a.ts", `${place.copy}/a.ts`],
  ["list", "path", "/data/app/", place.copy],
  ["read", "filePath", "../src/a.ts", "../src/a.ts"],
  ["read", "filePath", "/data/app/../app-two/a.ts", "/data/app/../app-two/a.ts"],
  ["glob", "path", " /data/app/src ", `${place.copy}/src`],
  ["read", "filePath", "/data/app-two/a.ts", "/data/app-two/a.ts"],
  ["read", "filePath", "/etc/hosts", "/etc/hosts"],
  ["read", "filePath", `${place.copy}/a.ts`, `${place.copy}/a.ts`],
  ["some_other_tool", "path", "/data/app/a.ts", "/data/app/a.ts"],
])("%s with %s %p means %p", async (tool, name, given, meant) => {
  const line = tool === "bash" ? { command: "ls" } : {};
  expect(await call(tool, { ...line, [name]: given })).toEqual({ ...line, [name]: meant });
});

test("a patch changes the files of the copy, whatever its headers name", async () => {
  const patch =
    "*** Begin Patch\n*** Update File: /data/app/a.ts\n@@\n-/data/app/x\n+y\n*** Add File:/data/app/b.ts\n+b\n*** Delete File: c.ts\n*** End Patch";
  expect(await call("apply_patch", { patchText: patch })).toEqual({
    patchText: `*** Begin Patch\n*** Update File: ${place.copy}/a.ts\n@@\n-/data/app/x\n+y\n*** Add File: ${place.copy}/b.ts\n+b\n*** Delete File: c.ts\n*** End Patch`,
  });
});

test.each([
  [{ pattern: "/data/app/src/**/*.ts" }, { pattern: "src/**/*.ts", path: copy }],
  [
    { pattern: "/home/u/my app/*", path: "/data/app/src" },
    { pattern: "*", path: copy },
  ],
  [
    { pattern: "**/*.ts", path: "/data/app" },
    { pattern: "**/*.ts", path: copy },
  ],
  [{ pattern: "/data/app-two/*" }, { pattern: "/data/app-two/*" }],
])("glob %p looks for %p", async (given, meant) => {
  expect(await call("glob", given)).toEqual(meant);
});

test.each([
  ["echo x > /data/app/a.txt", `${copy}/a.txt`],
  ["cd /data/app && ls", copy],
  ['cat "/home/u/my app/a.txt"', `${copy}/a.txt`],
  [String.raw`cat /home/u/my\ app/a.txt`, `${copy}/a.txt`],
  ["git -C/data/app status", copy],
  ["git -C /data/app/src status", `${copy}/src`],
  ["git --work-tree=/data/app status", copy],
  ["cp a.txt /data/app", copy],
  ["x=/data/app; rm $x/a", copy],
  ["d=/data; rm -r $d/app/src", `${copy}/src`],
  ["echo x > ../../../../../data/app/a.txt", `${copy}/a.txt`],
  ["cd ../../../../.. && cd data && echo x > app/a.txt", `${copy}/a.txt`],
  ["cd /data; (cd app; rm -r src)", copy],
  ["cd /data && cd - && cat a; pushd app", copy],
  ["git -C ../../../../../data/app commit -am x", copy],
  ["cat /data/./other/../app/a.txt", `${copy}/a.txt`],
  ["cat \"/da\"ta/'app'/a.txt", `${copy}/a.txt`],
  [String.raw`cat /d\ata/ap\p/a.txt`, `${copy}/a.txt`],
  [String.raw`cat $'/data/\x61pp/a.txt'`, `${copy}/a.txt`],
  ["bash -c \"cd /data; cat 'app/a.txt'\"", `${copy}/a.txt`],
  ["dd if=a.txt of=/data//app/a.txt", `${copy}/a.txt`],
  ["cat /data/*/a.txt", copy],
  ["rm -r /data/{app,other}/src", copy],
  ["echo $(cat /data/a''pp/a.txt)", `${copy}/a.txt`],
  ["cat <<< x >> $PWD/../../../../../data/app/a.txt", `${copy}/a.txt`],
  ["python3 -c \"open('/data/app/a.txt', 'w')\"", copy],
  ["node -e 'require(`fs`).rmSync(`/home/u/my app/a`)'", copy],
])("the line %p is refused, and told the right place", async (command, right) => {
  const refused = await call("bash", { command });
  expect(refused).toStartWith("bash was refused: ");
  expect(refused).toContain(`use ${right} in its place`);
});

test("a line is seen from where it runs", async () => {
  expect(await call("bash", { command: "echo x > ../data/app/a", workdir: "/srv" })).toContain(`${copy}/a `);
  expect(await call("bash", { command: "echo x > ../core/a", workdir: "/data/app/core" })).toEqual({
    command: "echo x > ../core/a",
    workdir: `${copy}/core`,
  });
});

test.each(["~/proj/a.txt", "$HOME/proj", '"${HOME}/proj/x"', "~/./proj/x", "~/other/../proj/x", "~/pr''oj/a"])(
  "a path from home on, %s, is the same place",
  async (path) => {
    const at = { ...place, originals: [`${homedir()}/proj`] };
    expect(await call("bash", { command: `cat ${path}` }, at)).toContain("bash was refused");
    expect(await call("bash", { command: `cd && cat ${path.replace(/^\W+(HOME)?\W*/, "./")}` }, at)).toContain(
      "bash was refused",
    );
  },
);

test.each([
  "ls src",
  "cat /data/app-two/a",
  "ls /data/application",
  "ls /mnt/data/app.bak",
  `ls '${place.copy}'`,
  "cd .. && ls core ../project",
  "cd /data && ls",
  "cat ../data/app/a.txt $UNKNOWN/data/app",
  "ls /data/app-{one,two}/* /mnt/*/app",
  "for i in 1 2; do echo $i; done",
  "git commit -am x",
  "this is (no line",
])("the line %p runs", async (command) => {
  expect(await call("bash", { command })).toEqual({ command });
});

/** Folders of the running test's own: the caller's, and the copy. */
function folders() {
  const root = temporaryFolder();
  const [original, own] = [join(root, "app"), join(root, "state/app")];
  for (const folder of [original, own]) mkdirSync(folder, { recursive: true });
  return { root, original, own, at: { originals: [original], copy: own, directory: own, slot: 0 } };
}

test("by whatever link a path leads to the original, it means the copy", async () => {
  const { root, original, own, at } = folders();
  symlinkSync(original, join(root, "alias"));
  symlinkSync(join(original, "src"), join(own, "link"));
  mkdirSync(join(original, "src"));
  expect(await call("write", { filePath: join(root, "alias/src/new.ts") }, at)).toEqual({
    filePath: join(own, "src/new.ts"),
  });
  expect(await call("read", { filePath: "link/a.ts" }, at)).toEqual({ filePath: join(own, "src/a.ts") });
  expect(await call("bash", { command: "echo x > link/a.ts" }, at)).toContain(`use ${join(own, "src/a.ts")} in its`);
  expect(await call("bash", { command: `cat ${root}/alias/a` }, at)).toContain(`use ${join(own, "a")} in its`);
});

test("a file that is shared with the caller's modules becomes the agent's own before it is changed", async () => {
  const { original, own, at } = folders();
  for (const name of ["one", "two"]) {
    writeFileSync(join(original, name), name, { mode: 0o640 });
    linkSync(join(original, name), join(own, name));
  }
  await call("edit", { filePath: join(original, "one"), oldString: "one", newString: "1" }, at);
  await call("apply_patch", { patchText: "*** Begin Patch\n*** Update File: two\n@@\n-two\n+2\n*** End Patch" }, at);
  for (const name of ["one", "two"]) {
    writeFileSync(join(own, name), "changed");
    expect(readFileSync(join(original, name), "utf8")).toBe(name);
    expect(existsSync(join(own, `${name}.bizar-own`))).toBe(false);
  }
});

test("variables that name the original, or another repository to git, do not lead commands there", async () => {
  const given = { BIZAR_TEST_A: "/data/app/x", BIZAR_TEST_B: "/bin:/data/app/bin", GIT_DIR: "/data/app/.git" };
  try {
    Object.assign(process.env, given);
    const env: Record<string, string> = {};
    await ownPlaceHooks(place)["shell.env"]({ cwd: copy }, { env });
    expect(env).toMatchObject({ BIZAR_TEST_A: `${copy}/x`, BIZAR_TEST_B: `/bin:${copy}/bin`, OLDPWD: copy });
    expect(process.env["GIT_DIR"]).toBeUndefined();
    expect(await call("bash", { command: "rm $BIZAR_TEST_A" })).toContain("bash was refused");
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
  }
});

test("git stash is refused: it is one for all working trees of a repository", async () => {
  expect(await call("bash", { command: "git stash" })).toContain("git stash is shared");
  expect(await call("bash", { command: "git stash list" })).toEqual({ command: "git stash list" });
});
