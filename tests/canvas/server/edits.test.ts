import { expect, test } from "bun:test";
import { MOST_BODY_BYTES } from "../../../src/canvas/api.ts";
import { RoutesRig } from "./routes-rig.ts";

const EDITS = "/api/plans/one/edits";
const DECISION = "/api/plans/one/decision";

test("an edit is a person's, and the answer is the plan as it is then", async () => {
  const rig = new RoutesRig();
  const operations = [{ op: "set_title", title: "changed" }] as const;
  const answer = await rig.post(EDITS, await rig.visit("one"), { operations });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    ok: true,
    stored: { plan: { title: "changed", revision: 2 } },
  });
  expect(rig.plans.edits).toEqual([{ slug: "one", author: { kind: "person", page: true }, operations }]);
});

test("an edit that does not go with what somebody else did is answered with 409 and both sides", async () => {
  const rig = new RoutesRig();
  const refusal = {
    reason: "conflict",
    index: 0,
    message: "Somebody was faster.",
    current: { title: "theirs" },
  } as const;
  rig.plans.nextEdit = (stored) => ({ ok: false, refusal, stored });
  const answer = await rig.post(EDITS, await rig.visit("one"), { operations: [{ op: "set_title", title: "mine" }] });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({ ok: false, refusal, stored: { slug: "one" } });
});

test.each([
  ["broken", 422],
  ["locked", 503],
  ["unwritable", 500],
  ["not_allowed", 422],
] as const)("a store that says %s is answered with %i", async (reason, status) => {
  const rig = new RoutesRig();
  rig.plans.nextEdit = () => ({ ok: false, problem: { reason, message: "why" } });
  const answer = await rig.post(EDITS, await rig.visit("one"), { operations: [{ op: "set_title", title: "x" }] });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ error: "why", problem: { reason, message: "why" } });
});

test("a decision is passed on with its note", async () => {
  const rig = new RoutesRig();
  const answer = await rig.post(DECISION, await rig.visit("one"), {
    decision: "changes_requested",
    note: "Smaller steps.",
    revision: 1,
  });
  expect(await answer.json()).toMatchObject({
    meta: { status: "changes_requested", review: { state: "decided", note: "Smaller steps." } },
  });
});

test("a decision on another revision than the plan has is refused, and the answer says what has changed", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  rig.plans.retitle("one", "another");
  const answer = await rig.post(DECISION, cookie, { decision: "approved", revision: 1 });
  expect([answer.status, await answer.json()]).toEqual([
    409,
    { error: "It changed.", problem: { reason: "changed", message: "It changed." } },
  ]);
  expect(await rig.plans.read("one")).toMatchObject({ value: { meta: { status: "draft" } } });
});

test("a plan is exported as a Markdown file of its name", async () => {
  const rig = new RoutesRig();
  rig.plans.retitle("one", "Où aller?");
  const file = await rig.ask("/api/plans/one/export", { headers: { cookie: await rig.visit("one") } });
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="one.md"');
  expect(file.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  expect(await file.text()).toStartWith("# Où aller?\n");
  const gone = await rig.ask("/api/plans/three/export", { headers: { cookie: await rig.visit("three") } });
  expect(gone.status).toBe(404);
});

const op = { op: "set_title", title: "x" };
test.each([
  ["no object", EDITS, "7"],
  ["nothing", EDITS, ""],
  ["half of it", EDITS, '{"operations":['],
  ["no operations", EDITS, "{}"],
  ["an empty list", EDITS, '{"operations":[]}'],
  ["no list", EDITS, '{"operations":{"length":1,"0":{"op":"set_title"}}}'],
  ["an unknown operation", EDITS, '{"operations":[{"op":"drop_everything"}]}'],
  ["an inherited name as operation", EDITS, '{"operations":[{"op":"constructor"}]}'],
  ["a list as operation", EDITS, '{"operations":[["set_title"]]}'],
  ["null as operation", EDITS, '{"operations":[null]}'],
  ["too many operations", EDITS, JSON.stringify({ operations: Array.from({ length: 501 }, () => op) })],
  ["a decision that is none", DECISION, '{"decision":"done","revision":1}'],
  ["what is no remark", DECISION, '{"revision":1,"operations":[{"op":"delete_element","id":"el_a"}]}'],
  ["a decision on no revision", DECISION, '{"decision":"approved"}'],
  ["a decision on half a revision", DECISION, '{"decision":"approved","revision":1.5}'],
  ["a note that is no text", DECISION, '{"decision":"approved","revision":1,"note":{}}'],
  ["a note that is too long", DECISION, JSON.stringify({ decision: "approved", note: "x".repeat(10_001) })],
])("a body with %s is refused, and says why", async (_what, path, body) => {
  const rig = new RoutesRig();
  const answer = await rig.post(path, await rig.visit("one"), body);
  expect(answer.status).toBe(400);
  expect(((await answer.json()) as { error: string }).error.length).toBeGreaterThan(5);
  expect(rig.plans.edits).toEqual([]);
  expect((await rig.plans.read("one")) as unknown).toMatchObject({
    value: { plan: { revision: 1 }, meta: { status: "draft" } },
  });
});

test("a page that goes away in the middle of its body changes nothing, and is no failure of ours", async () => {
  const rig = new RoutesRig();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("aborted")),
  });
  expect((await rig.post(EDITS, await rig.visit("one"), body)).status).toBe(400);
  expect([rig.reports, rig.plans.edits]).toEqual([[], []]);
});

test("500 operations at once are taken", async () => {
  const rig = new RoutesRig();
  const operations = Array.from({ length: 500 }, () => op);
  expect((await rig.post(EDITS, await rig.visit("one"), { operations })).status).toBe(200);
});

test("a __proto__ in a body sets no prototype, at any depth, however it is written", async () => {
  const rig = new RoutesRig();
  const evil = String.raw`{"polluted":true,"isAdmin":true}`;
  const element = `{"id":"el_1","type":"text","__proto__":${evil},"more":{"\\u005f_proto__":${evil},"kept":1},"constructor":{"prototype":${evil}}}`;
  const body = `{"__proto__":${evil},"operations":[{"op":"add_element","__proto__":${evil},"element":${element}}]}`;
  expect((await rig.post(EDITS, await rig.visit("one"), body)).status).toBe(200);
  const [asked] = rig.plans.edits;
  const text = JSON.stringify(asked?.operations);
  expect(text).not.toContain("__proto__");
  expect(text).toContain('"kept":1');
  const [operation] = asked?.operations ?? [];
  const copy: object = { ...operation, ...(operation?.op === "add_element" ? operation.element : {}) };
  expect([Reflect.get(copy, "polluted"), Reflect.get({}, "polluted")]).toEqual([undefined, undefined]);
});

test("a body of the largest size is taken, one byte more is not, whatever length it says it has", async () => {
  const rig = new RoutesRig();
  const cookie = await rig.visit("one");
  const empty = JSON.stringify({ operations: [{ op: "set_title", title: "" }] });
  const full = empty.replace('""', `"${"x".repeat(MOST_BODY_BYTES - empty.length)}"`);
  expect((await rig.post(EDITS, cookie, full)).status).toBe(200);
  expect((await rig.post(EDITS, cookie, `${full} `)).status).toBe(413);
  const small = await rig.post(EDITS, cookie, empty, { "content-length": String(MOST_BODY_BYTES + 1) });
  expect(small.status).toBe(413);
  expect(rig.plans.edits).toHaveLength(1);
});
