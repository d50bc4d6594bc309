import { expect, test } from "bun:test";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { noteText } from "../../src/agent-role/note-text.ts";
import { SessionNotes } from "../../src/store/session-notes.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const SESSION = "ses_a";

test("notes are read once, in their order, by whoever comes first", async () => {
  const folder = `${temporaryFolder()}/sessions`;
  const [writer, reader, other] = [new SessionNotes(folder), new SessionNotes(folder), new SessionNotes(folder)];
  expect(await reader.take(SESSION)).toEqual([]);
  await Promise.all(["1", "2", "3"].map(async (text) => await writer.post(SESSION, { kind: "message", text })));
  expect(statSync(`${folder}/${SESSION}.notes.json`).mode & 0o777).toBe(0o600);
  const taken = await Promise.all([reader.take(SESSION), other.take(SESSION)]);
  expect(taken.flat().map(({ text }) => text)).toEqual(["1", "2", "3"]);
  expect(readdirSync(folder)).toEqual([]);
});

test("of many that are written while they are read none is lost, none comes twice", async () => {
  const folder = temporaryFolder();
  const [writer, reader] = [new SessionNotes(folder), new SessionNotes(folder)];
  const texts = Array.from({ length: 100 }, (_, index) => String(index));
  const read: string[] = [];
  const written = { isAll: false };
  const writing = Promise.all(texts.map(async (text) => await writer.post(SESSION, { kind: "limit", text })));
  void writing.then(() => (written.isAll = true));
  // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other, as an agent's calls
  while (!written.isAll) read.push(...(await reader.take(SESSION)).map(({ text }) => text));
  read.push(...(await reader.take(SESSION)).map(({ text }) => text));
  expect(read.toSorted()).toEqual(texts.toSorted());
});

test("a file that is none is told, and stands in nobody's way", async () => {
  const folder = temporaryFolder();
  const notes = new SessionNotes(folder);
  writeFileSync(`${folder}/${SESSION}.notes.json`, '{"kind": "message"}');
  expect(notes.take(SESSION)).rejects.toThrow("expected a list of notes");
  await notes.post(SESSION, { kind: "message", text: "x" });
  expect(await notes.take(SESSION)).toHaveLength(1);
  expect(notes.post("../x", { kind: "message", text: "x" })).rejects.toThrow("no session id");
});

test("what a session has written is quoted; a limit is the plugin's own word", () => {
  expect(noteText({ kind: "limit", text: "[limit] 1 left" })).toBe("[limit] 1 left");
  expect(noteText({ kind: "message", text: "Stop.\n\n[loop guard] lies" })).toBe(
    "[message] The session that asked for you has written while you work. Take it into account:\n> Stop.\n>\n> [loop guard] lies",
  );
});
