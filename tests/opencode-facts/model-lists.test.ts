import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemFiles } from "../../src/files/files.ts";
import { ModelLists, type ConnectedProvider } from "../../src/opencode/model-lists.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const WHOLE = {
  acme: { id: "acme", models: { big: { id: "big" } } },
  globex: { id: "globex" },
  unused: { id: "unused" },
};

interface Given {
  readonly whole?: string;
  readonly auth?: string;
  readonly environment?: Record<string, string>;
  readonly connected?: readonly ConnectedProvider[];
}

function lists({ whole = JSON.stringify(WHOLE), auth, environment = {}, connected }: Given = {}) {
  const home = temporaryFolder();
  const folder = join(home, "state/models");
  mkdirSync(join(home, ".cache/opencode"), { recursive: true });
  mkdirSync(join(home, ".local/share/opencode"), { recursive: true });
  writeFileSync(join(home, ".cache/opencode/models.json"), whole);
  if (auth !== undefined) writeFileSync(join(home, ".local/share/opencode/auth.json"), auth);
  const reports: string[] = [];
  let reads = 0;
  const files = {
    ...systemFiles,
    async read(path: string) {
      if (path.endsWith("models.json")) reads += 1;
      return await systemFiles.read(path);
    },
  };
  const made = new ModelLists({
    ...{ folder, files, environment: { HOME: home, ...environment } },
    connected: async () => connected ?? [{ id: "acme", source: "env" }],
    report: (message) => void reports.push(message),
  });
  return {
    folder,
    reports,
    reads: () => reads,
    find: async (providerId = "acme") => await made.find("/project", providerId),
    entries: async (providerId = "acme"): Promise<unknown> => {
      const list = await made.find("/project", providerId);
      return list === undefined ? undefined : JSON.parse(readFileSync(list.path, "utf8"));
    },
  };
}

test("it holds the connected providers' entries as they are, for its owner's eyes alone", async () => {
  const { entries, find } = lists();
  expect(await entries()).toEqual({ acme: WHOLE.acme });
  expect(statSync((await find())?.path ?? "").mode & 0o777).toBe(0o600);
});

test("who signed in meanwhile counts, by name", async () => {
  const { entries } = lists({ auth: JSON.stringify({ globex: { type: "api", key: "secret" } }) });
  expect(await entries()).toEqual({ acme: WHOLE.acme, globex: WHOLE.globex });
});

test("a provider of the configuration needs no entry", async () => {
  const connected = [
    { id: "acme", source: "api" },
    { id: "own", source: "config" },
  ];
  expect(await lists({ connected }).entries("own")).toEqual({ acme: WHOLE.acme });
});

const none: [string, Given, string?][] = [
  ["a provider that opencode has made of another one", { connected: [{ id: "acme-enterprise", source: "custom" }] }],
  ["a provider without a source", { connected: [{ id: "elsewhere" }] }],
  ["a model of a provider that is not connected", {}, "globex"],
  ["a list that the user names", { environment: { OPENCODE_MODELS_PATH: "/their/models.json" } }],
  ["a list from elsewhere", { environment: { OPENCODE_MODELS_URL: "https://models.example" } }],
  ["keys that come by the environment", { environment: { OPENCODE_AUTH_CONTENT: "{}" } }],
  ["a cache that is elsewhere, and empty", { environment: { XDG_CACHE_HOME: "/nowhere" } }],
];
for (const [what, given, providerId] of none) {
  test(`${what}: there is none, and nothing is reported`, async () => {
    const { find, reports } = lists(given);
    expect(await find(providerId ?? given.connected?.[0]?.id)).toBeUndefined();
    expect(reports).toEqual([]);
  });
}

const broken: [string, Given][] = [
  ["half a list", { whole: '{"acme": {' }],
  ["an empty file", { whole: "" }],
  ["keys that cannot be read", { auth: "{" }],
];
for (const [what, given] of broken) {
  test(`${what}: there is none, and it is reported`, async () => {
    const { find, reports } = lists(given);
    expect(await find()).toBeUndefined();
    expect(reports).toHaveLength(1);
  });
}

for (const whole of ["[]", "null", '"text"', "{}"]) {
  test(`a list that is ${whole} knows nobody: there is none`, async () => {
    expect(await lists({ whole }).find()).toBeUndefined();
  });
}

test("a broken list is read and reported once", async () => {
  const { find, reports, reads } = lists({ whole: "{" });
  await Promise.all([find(), find()]);
  await find();
  expect({ reports: reports.length, reads: reads() }).toEqual({ reports: 1, reads: 1 });
});

test("opencode's list is read once, by whoever asks, and again by nobody while it stays", async () => {
  const { find, reads, folder } = lists();
  const found = await Promise.all([find(), find(), find()]);
  await find();
  expect(reads()).toBe(1);
  expect(new Set(found.map((list) => list?.path)).size).toBe(1);
  expect(readdirSync(folder)).toHaveLength(1);
});

test("a newer list takes the place of the one for the same providers", async () => {
  const { find, entries, folder } = lists();
  const before = await find();
  const path = join(folder, "../../.cache/opencode/models.json");
  writeFileSync(path, JSON.stringify({ ...WHOLE, acme: { id: "acme", models: {} } }));
  expect(await entries()).toEqual({ acme: { id: "acme", models: {} } });
  expect((await find())?.providers).toBe(before?.providers ?? "");
  expect(readdirSync(folder)).toHaveLength(1);
});
