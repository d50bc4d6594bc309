import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SavedGuard } from "../../src/guard/session-guard.ts";
import { GuardFileStore } from "../../src/store/guard-file-store.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { until } from "../until.ts";

const SESSION = "ses_1a2B3c";
const entry: SavedGuard["entries"][number] = {
  callId: "call_1",
  round: "msg_1",
  tool: "__proto__",
  kind: "foreign",
  fingerprint: "f".repeat(64),
  gist: "g".repeat(64),
  waits: false,
  isLong: false,
  isBlocked: false,
  result: { digest: "ok::1", isError: false },
  isNews: true,
};
const state: SavedGuard = {
  entries: [entry, { ...entry, isBlocked: true, result: null }],
  nudges: ["Look elsewhere: «ü»"],
  refused: { fingerprint: "f".repeat(64), round: "msg_1", same: 2, all: 3 },
  failing: [{ tool: "bash", digest: "error:1", round: "msg_1", count: 4 }],
};

function openStore(folder = join(temporaryFolder(), "state", "sessions")) {
  const reports: string[] = [];
  const store = new GuardFileStore(folder, (message) => void reports.push(message));
  return { folder, path: join(folder, `${SESSION}.json`), reports, store };
}

function openStoreWith(text: string) {
  const opened = openStore();
  mkdirSync(opened.folder, { recursive: true });
  writeFileSync(opened.path, text);
  return opened;
}

describe("the state of a session", () => {
  test("comes back as it was saved, for another process", async () => {
    const { folder, reports, store } = openStore();
    store.saveSoon(SESSION, () => state);
    await store.flush();
    expect(await openStore(folder).store.load(SESSION)).toMatchObject({ ...state });
    expect(reports).toEqual([]);
  });

  test("is nobody else's to read", async () => {
    const { folder, path, store } = openStore();
    store.saveSoon(SESSION, () => state);
    await store.flush();
    expect([folder, path].map((name) => statSync(name).mode & 0o777)).toEqual([0o700, 0o600]);
  });

  test("is written some time after it changed, once for many changes, as it is by then", async () => {
    const { path, store } = openStore();
    let asked = 0;
    for (let change = 0; change < 100; change++) {
      store.saveSoon(SESSION, () => {
        asked += 1;
        return { ...state, nudges: [`change ${change}`] };
      });
    }
    expect(existsSync(path)).toBe(false);
    await until("the state is written", () => existsSync(path));
    expect(asked).toBe(1);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ schemaVersion: 2, nudges: ["change 99"] });
  });

  test("that waits to be written is what is read", async () => {
    const { store } = openStore();
    store.saveSoon(SESSION, () => state);
    expect(await store.load(SESSION)).toEqual(state);
  });

  test("that is being written is waited for", async () => {
    const { path, store } = openStore();
    store.saveSoon(SESSION, () => state);
    const first = store.flush();
    await store.flush();
    expect(existsSync(path)).toBe(true);
    await first;
  });

  test("that was never saved is none, and no trouble", async () => {
    const { reports, store } = openStore();
    expect(await store.load(SESSION)).toBeUndefined();
    expect(reports).toEqual([]);
  });
});

describe("a file that is no state", () => {
  const cases: [what: string, text: string][] = [
    ["half a file", JSON.stringify({ schemaVersion: 2, ...state }).slice(0, 100)],
    ["an empty file", ""],
    ["binary", "\u0000\u0001\u0002"],
    ["another object", "{}"],
    ["null", "null"],
    ["an entry of another shape", JSON.stringify({ schemaVersion: 2, ...state, entries: [{ callId: 5 }] })],
    ["a schema that never was", JSON.stringify({ ...state, schemaVersion: 0 })],
  ];
  for (const [what, text] of cases) {
    test(`is set aside and told of: ${what}`, async () => {
      const { folder, path, reports, store } = openStoreWith(text);
      expect(await store.load(SESSION)).toBeUndefined();
      expect(existsSync(path)).toBe(false);
      const [aside = ""] = readdirSync(folder);
      expect(aside).toStartWith(`${SESSION}.json.corrupt-`);
      expect(readFileSync(join(folder, aside), "utf8")).toBe(text);
      expect(reports).toEqual([expect.stringContaining(aside)]);
    });
  }

  test("of an older plugin is none, without a word, and is written over", async () => {
    const { path, reports, store } = openStoreWith(JSON.stringify({ schemaVersion: 1, entries: [], blocksInARow: 2 }));
    expect(await store.load(SESSION)).toBeUndefined();
    store.saveSoon(SESSION, () => state);
    await store.flush();
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ schemaVersion: 2 });
    expect(reports).toEqual([]);
  });

  test("of a newer plugin stays as it is", async () => {
    const text = JSON.stringify({ schemaVersion: 3, something: "else" });
    const { folder, path, reports, store } = openStoreWith(text);
    expect(await store.load(SESSION)).toBeUndefined();
    store.saveSoon(SESSION, () => state);
    await store.flush();
    expect(readdirSync(folder)).toEqual([`${SESSION}.json`]);
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(reports).toEqual([expect.stringContaining("schema 3")]);
  });
});

describe("a session id becomes a file name", () => {
  for (const id of ["../ses_1", "ses_", "ses_a/b", "ses_a.b", "ses_\0", "", `ses_${"a".repeat(65)}`, "bgr_1"]) {
    test(`not this one: ${JSON.stringify(id)}`, async () => {
      const { folder, reports, store } = openStore();
      store.saveSoon(id, () => state);
      await store.flush();
      expect(await store.load(id)).toBeUndefined();
      expect([existsSync(folder), reports]).toEqual([false, []]);
    });
  }
});

describe("a folder that cannot be written", () => {
  test("is told of once, and nothing rejects", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const { reports, store } = openStore(join(folder, "file", "sessions"));
    for (const id of [SESSION, "ses_other", SESSION]) {
      store.saveSoon(id, () => state);
      await store.flush();
    }
    expect(reports).toEqual([
      expect.stringMatching(/^The loop guard's state cannot be kept; it guards on\. .*(ENOTDIR|EEXIST)/),
    ]);
  });

  test("does not keep the state from being saved once it can be", async () => {
    const { folder, path, store } = openStore();
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "");
    store.saveSoon(SESSION, () => state);
    await store.flush();
    unlinkSync(folder);
    store.saveSoon(SESSION, () => state);
    await store.flush();
    expect(existsSync(path)).toBe(true);
  });
});
