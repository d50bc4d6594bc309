import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity, type SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { askOwner } from "../../src/store/ask-owner.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { requestFile, requestText } from "../../src/store/request-files.ts";
import { recordPath } from "../../src/store/state-paths.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { until } from "../until.ts";
import { ask, createOwner, id, left } from "./request-rig.ts";
import { freshPaths, openStore } from "./store-rig.ts";

const ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

test("the owner hears what is asked, and nothing is left of it", async () => {
  const { paths, heard, watch } = await createOwner();
  watch.open();
  expect(await ask(paths, { kind: "kill" })).toEqual({ ok: true });
  expect(await ask(paths, { kind: "send", prompt: "Go on, “please”.\n" })).toEqual({ ok: true });
  expect(heard).toEqual([
    [id, { kind: "kill" }],
    [id, { kind: "send", prompt: "Go on, “please”.\n" }],
  ]);
  expect(left(paths)).toEqual([]);
});

test("an owner that watches reacts within half a second", async () => {
  const { paths, watch, heard } = await createOwner();
  watch.open();
  const begin = performance.now();
  await ask(paths, { kind: "kill" });
  expect(heard).toHaveLength(1);
  expect(performance.now() - begin).toBeLessThan(500);
});

test("a request that came before the owner watched is heard when it begins to", async () => {
  const { paths, heard, watch } = await createOwner();
  const asking = ask(paths, { kind: "kill" });
  await until("the request is there", () => left(paths).length === 1);
  watch.open();
  expect(await asking).toEqual({ ok: true });
  expect(heard).toHaveLength(1);
});

test("a request of somebody who died over it is never done", async () => {
  const { paths, heard, watch } = await createOwner();
  const { asked } = requestFile(paths, id, ULID);
  writeFileSync(asked, requestText({ kind: "send", prompt: "Long ago." }));
  const longAgo = new Date(Date.now() - 120_000);
  utimesSync(asked, longAgo, longAgo);
  watch.open();
  expect(await ask(paths, { kind: "send", prompt: "Now." })).toEqual({ ok: true });
  expect(heard).toEqual([[id, { kind: "send", prompt: "Now." }]]);
});

test("a request is a file for its owner only, that says who asks", async () => {
  const { paths } = await createOwner();
  const asking = ask(paths, { kind: "kill" }, 1000);
  const name = () => left(paths).find((found) => found.endsWith(".json")) ?? "";
  await until("the request is there", () => name() !== "");
  expect(name()).toMatch(/^bgr_\w{26}\.request-[0-7][0-9A-HJKMNP-TV-Z]{25}\.json$/);
  const path = join(paths.recordDir, name());
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { createdAt, ...rest } = (await Bun.file(path).json()) as Record<string, unknown>;
  expect(rest).toEqual({ schemaVersion: 1, kind: "kill", from: { pid: process.pid } });
  expect(Date.now() - Date.parse(String(createdAt))).toBeLessThan(60_000);
  await asking;
});

test("what the owner refuses is an error in its words", async () => {
  const { paths, owner, watch } = await createOwner();
  owner.onRequest = async () => await Promise.reject(new Error("No further agent is taken on."));
  watch.open();
  expect(await ask(paths, { kind: "send", prompt: "more" })).toEqual({
    ok: false,
    reason: "refused",
    error: "No further agent is taken on.",
  });
  expect(left(paths)).toEqual([]);
});

test("an owner that does not react loses the request: it is taken back and never done", async () => {
  const { paths, heard, watch } = await createOwner();
  expect(await ask(paths, { kind: "kill" }, 700)).toMatchObject({ ok: false, reason: "no_reaction" });
  expect(left(paths)).toEqual([]);
  watch.open();
  expect(await ask(paths, { kind: "send", prompt: "later" })).toEqual({ ok: true });
  expect(heard.map(([, { kind }]) => kind)).toEqual(["send"]);
});

test("a request that was taken in time may be done later, and the one who asked is told so", async () => {
  const { paths, owner, watch } = await createOwner();
  const done = Promise.withResolvers<void>();
  owner.onRequest = async () => await done.promise;
  watch.open();
  expect(await ask(paths, { kind: "send", prompt: "slow" }, 700)).toMatchObject({ ok: false, reason: "unfinished" });
  done.resolve();
  await until("nothing is left", () => left(paths).length === 0);
});

test("the owner's death ends the wait at once", async () => {
  const { paths, identity } = await createOwner();
  const asking = ask(paths, { kind: "kill" }, 60_000);
  liveInstances().delete(identity.token);
  expect(await asking).toMatchObject({ ok: false, reason: "owner_gone" });
  expect(left(paths)).toEqual([]);
});

test("the agent's own end ends the wait for its kill at once, but not that for a message", async () => {
  const { paths, store } = await createOwner();
  const asking = ask(paths, { kind: "kill" }, 60_000);
  const sending = ask(paths, { kind: "send", prompt: "more" }, 1200);
  await store.save(sampleInstance("done"));
  expect(await asking).toMatchObject({ ok: false, reason: "ended" });
  expect(await sending).toMatchObject({ ok: false, reason: "no_reaction" });
});

test("requests for agents of another owner are left to that one", async () => {
  const { paths, heard, watch } = await createOwner();
  const other = await createOwner("running", paths, sampleId(2));
  watch.open();
  const asking = ask(paths, { kind: "kill" }, 5000, sampleId(2));
  await until("the request is there", () => left(paths).some((name) => name.endsWith(".json")));
  other.watch.open();
  expect(await asking).toEqual({ ok: true });
  expect(heard).toEqual([]);
  expect(other.heard).toEqual([[sampleId(2), { kind: "kill" }]]);
});

test("twenty that ask at once are all heard, each once", async () => {
  const { paths, heard, watch } = await createOwner();
  watch.open();
  const prompts = Array.from({ length: 20 }, (_, number) => `message ${number}`);
  const answers = await Promise.all(prompts.map(async (prompt) => await ask(paths, { kind: "send", prompt })));
  expect(answers.every(({ ok }) => ok)).toBe(true);
  expect(heard.map(([, request]) => (request.kind === "send" ? request.prompt : "")).toSorted()).toEqual(
    prompts.toSorted(),
  );
});

const invalid: [string, string][] = [
  ["empty", ""],
  ["cut", requestText({ kind: "kill" }).slice(0, 40)],
  ["of an unknown kind", requestText({ kind: "kill" }).replace("kill", "burn")],
  ["a message without a prompt", requestText({ kind: "send", prompt: "" })],
];

test.each(invalid)(
  "a request file that is %s is set aside and reported once, and others are heard",
  async (_, text) => {
    const { paths, heard, reports, watch } = await createOwner();
    writeFileSync(requestFile(paths, id, ULID).asked, text);
    watch.open();
    expect(await ask(paths, { kind: "kill" })).toEqual({ ok: true });
    await until("it is set aside", () => left(paths).some((name) => name.includes(".corrupt-")));
    expect(heard).toHaveLength(1);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toContain("is no request");
  },
);

test("a request of a newer version is left for its writer, and reported once", async () => {
  const { paths, heard, reports, watch } = await createOwner();
  const { asked } = requestFile(paths, id, ULID);
  writeFileSync(asked, JSON.stringify({ schemaVersion: 2, kind: "kill" }));
  watch.open();
  expect(await ask(paths, { kind: "send", prompt: "more" })).toEqual({ ok: true });
  expect(existsSync(asked)).toBe(true);
  expect(heard.map(([, { kind }]) => kind)).toEqual(["send"]);
  expect(reports).toHaveLength(1);
});

test("a link in the place of a request is not followed", async () => {
  const { paths, heard, reports, watch } = await createOwner();
  const elsewhere = freshPaths().stateDir;
  mkdirSync(elsewhere, { recursive: true });
  writeFileSync(join(elsewhere, "kill.json"), requestText({ kind: "kill" }));
  symlinkSync(join(elsewhere, "kill.json"), requestFile(paths, id, ULID).asked);
  watch.open();
  await until("it is reported", () => reports.length > 0);
  expect(heard).toEqual([]);
  expect(existsSync(join(elsewhere, "kill.json"))).toBe(true);
});

test("once it is closed the owner hears nothing any more", async () => {
  const { paths, heard, watch } = await createOwner();
  watch.open();
  watch.close();
  watch.open();
  expect(await ask(paths, { kind: "kill" }, 700)).toMatchObject({ reason: "no_reaction" });
  expect(heard).toEqual([]);
});

test("an agent without a record is an answer, not a wait", async () => {
  const { paths } = await createOwner();
  expect(await ask(paths, { kind: "kill" }, 60_000, sampleId(9))).toMatchObject({ ok: false, reason: "owner_gone" });
  expect(existsSync(recordPath(paths, id))).toBe(true);
});

/** An owner of another boot cannot be judged: it is asked all the same. */
const elsewhere = (identity: SupervisorIdentity): SupervisorIdentity => ({ ...identity, bootId: "another boot" });

test("an owner that cannot be judged from here is asked, and gets the whole time", async () => {
  const paths = freshPaths();
  await openStore(paths, elsewhere(createIdentity())).store.create(sampleInstance("running"));
  expect(await ask(paths, { kind: "kill" }, 700)).toMatchObject({ reason: "no_reaction" });
});

test("a request has its whole time again where the asking process itself stood still", async () => {
  const { paths, heard, watch } = await createOwner();
  const clock = new FakeClock();
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  const asking = askOwner({ paths, records, clock }, id, { kind: "kill" });
  await until("it asks", () => left(paths).length === 1);
  clock.standStill(60_000);
  clock.advance(5000);
  watch.open();
  expect(await asking).toEqual({ ok: true });
  expect(heard).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("an answer of the user is heard where it says so by this user's key, and for this request alone", async () => {
  const { paths, heard, watch } = await createOwner();
  watch.open();
  const answer = { kind: "answer", questionId: "q1", reply: { kind: "once" }, by: "the user" } as const;
  expect(await ask(paths, answer)).toEqual({ ok: true });
  expect(heard).toMatchObject([[id, answer]]);
  const [[, { code }]] = heard as unknown as [[string, { code: string }]];
  for (const forged of [{}, { code: "0".repeat(64) }, { code }]) {
    const file = requestFile(paths, id, ULID);
    writeFileSync(file.asked, requestText({ ...answer, ...forged }));
    await until("it is refused", () => existsSync(file.refusal) && !existsSync(file.taken));
    expect(await Bun.file(file.refusal).json()).toMatchObject({ error: expect.stringContaining("counts for nothing") });
    rmSync(file.refusal);
  }
  expect(heard).toHaveLength(1);
});
