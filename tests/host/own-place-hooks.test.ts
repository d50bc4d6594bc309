import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { ownPlaceHooks } from "../../src/host/own-place-hooks.ts";

const place = { originals: ["/home/u/my app", "/data/app"], copy: "/state/worktrees/bgr_1/my app", slot: 3 };

async function call(
  tool: string,
  args: Record<string, unknown>,
  at = place,
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
  ["echo x > /data/app/a.txt", "/data/app"],
  ["cd /data/app && ls", "/data/app"],
  ['cat "/home/u/my app/a.txt"', "/home/u/my app"],
  [String.raw`cat /home/u/my\ app/a.txt`, "/home/u/my app"],
  ["git -C/data/app status", "/data/app"],
  ["cp a.txt /data/app", "/data/app"],
  ["x=/data/app; rm $x/a", "/data/app"],
])("the line %p is refused, and told the right folder", async (command, original) => {
  const refused = await call("bash", { command });
  expect(refused).toContain(`it names ${original},`);
  expect(refused).toContain(place.copy);
});

test.each(["~/proj/a.txt", "$HOME/proj", '"${HOME}/proj/x"'])(
  "a path from home on, %s, is the same place",
  async (path) => {
    const at = { ...place, originals: [`${homedir()}/proj`] };
    expect(await call("bash", { command: `cat ${path}` }, at)).toContain("bash was refused");
  },
);

test.each([
  "ls src",
  "cat /data/app-two/a",
  "ls /data/application",
  "ls /mnt/data/app.bak",
  `ls '${place.copy}'`,
  "git commit -am x",
])("the line %p runs", async (command) => {
  expect(await call("bash", { command })).toEqual({ command });
});

test("git stash is refused: it is one for all working trees of a repository", async () => {
  expect(await call("bash", { command: "git stash" })).toContain("git stash is shared");
  expect(await call("bash", { command: "git stash list" })).toEqual({ command: "git stash list" });
});
