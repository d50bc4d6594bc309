import { expect, test } from "bun:test";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { configuredOptions } from "../../src/cli/configured-options.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A folder with these files, in which `project` is where opencode is. */
async function found(files: Readonly<Record<string, unknown>>, environment: (root: string) => NodeJS.ProcessEnv) {
  const root = temporaryFolder();
  await mkdir(join(root, "project"), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  const result = await configuredOptions(join(root, "project"), { HOME: join(root, "home"), ...environment(root) });
  return { raw: result?.raw, path: result?.path.replace(`${root}/`, "") };
}

const options = { servers: [] };
const named = (name: string) => ({ plugin: ["another", [name, options]] });
const own = { "copies/mine/package.json": { name: "opencode-bizar" }, "copies/mine/index.ts": "" };
const nothing = () => ({});

test.each([
  ["its package", "opencode-bizar"],
  ["its package and version", "opencode-bizar@0.2.0"],
  ["a path that is relative", "../copies/mine"],
  ["a file of a copy", "../copies/mine/index.ts"],
])("the plugin is known by %s", async (_, name) => {
  expect(await found({ ...own, "project/opencode.json": named(name) }, nothing)).toEqual({
    raw: options,
    path: "project/opencode.json",
  });
});

test("and by the address of a file; another plugin that lies in a folder of its name is none", async () => {
  const copy = join(import.meta.dir, "../../index.ts");
  const byUrl = await found({ "project/opencode.json": named(pathToFileURL(copy).href) }, nothing);
  expect(byUrl.raw).toEqual(options);
  const other = {
    "opencode-bizar/package.json": { name: "other" },
    "project/opencode.json": named("../opencode-bizar"),
  };
  expect((await found(other, nothing)).raw).toBeUndefined();
});

test("what is nearest counts: the environment's text, the project, above it, the user's folders and files", async () => {
  const all = {
    "project/.opencode/opencode.json": { plugin: [["opencode-bizar", { in: ".opencode" }]] },
    "opencode.jsonc": '{ // above\n"plugin": [["opencode-bizar", { "in": "above" }],] }',
    "home/.config/opencode/opencode.json": { plugin: [["opencode-bizar", { in: "home" }]] },
    "given/opencode.json": { plugin: [["opencode-bizar", { in: "given" }]] },
    "one.json": { plugin: [["opencode-bizar", { in: "one" }]] },
  };
  const content = JSON.stringify({ plugin: [["opencode-bizar", { in: "text" }]] });
  const places = [
    await found(all, () => ({ OPENCODE_CONFIG_CONTENT: content })),
    await found(all, nothing),
    await found({ ...all, "project/.opencode/opencode.json": {} }, nothing),
    await found({ "given/opencode.json": all["given/opencode.json"] }, (root) => ({
      OPENCODE_CONFIG_DIR: join(root, "given"),
    })),
    await found({ "one.json": all["one.json"] }, (root) => ({ OPENCODE_CONFIG: join(root, "one.json") })),
    await found({ "home/.config/opencode/opencode.json": all["home/.config/opencode/opencode.json"] }, nothing),
  ];
  expect(places.map(({ raw }) => raw)).toEqual(
    ["text", ".opencode", "above", "given", "one", "home"].map((where) => ({ in: where })),
  );
});

test("a file that cannot be read is named", async () => {
  const failure = await found({ "project/opencode.json": "{ half" }, nothing).catch(String);
  expect(failure).toContain("opencode.json cannot be read");
});
