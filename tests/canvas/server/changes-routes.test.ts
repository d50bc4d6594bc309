import { describe, expect, test } from "bun:test";
import type { ReviewedChanges, Round } from "../../../src/canvas/changes-api.ts";
import type { CanvasChanges } from "../../../src/canvas/canvas-changes.ts";
import { ChangesWatch } from "../../../src/canvas/server/changes-watch.ts";
import { PageStreams } from "../../../src/canvas/server/page-streams.ts";
import { RoutesRig } from "./routes-rig.ts";

const ID = "bgr_01J00000000000000000000001";
const OTHER = "bgr_01J00000000000000000000002";
const NOTHING: Round = { comments: [], viewed: {} };

function changesOf(instanceId: string, version = "1-2"): ReviewedChanges {
  return {
    ...{ instanceId, agent: "thor", title: "A task", status: "done", activity: "", isAtWork: false, state: "open" },
    ...{ base: "a1b2c3d", version, files: [], trouble: [], leftOut: [], branch: null, isAwaited: false },
  } as const;
}

function createRig() {
  const asked: unknown[] = [];
  let round = NOTHING;
  const state = { version: "1-2", looks: 0 };
  const changes: CanvasChanges = {
    async look(id) {
      state.looks += 1;
      return id === ID
        ? { ok: true, value: changesOf(id, state.version) }
        : { ok: false, reason: "gone", error: "There is no such agent any more." };
    },
    async patch(_id, version, path) {
      return version === "1-2"
        ? { ok: true, value: { patch: `of ${path}`, leftOut: 0 } }
        : { ok: false, reason: "gone", error: "Not known." };
    },
    readRound: async () => round,
    async writeRound(_id, given) {
      round = given;
      return { ok: true, value: null };
    },
    async decide(id, decision) {
      asked.push({ id, ...decision });
      return decision.decision === "discard"
        ? { ok: false, reason: "refused", error: "Not now." }
        : { ok: true, value: { words: "Done." } };
    },
    ofPlan: async (slug) => (slug === "one" ? [changesOf(ID)] : []),
  };
  const timers: (() => void)[] = [];
  const watch = new ChangesWatch(changes, (_delayMs, callback) => {
    timers.push(callback);
    return () => void timers.splice(timers.indexOf(callback), 1);
  });
  const review = { changes, watch, streams: new PageStreams(watch.watch, () => () => undefined) };
  const rig = new RoutesRig({ review });
  return { rig, asked, state, timers, round: () => round, path: `/api/changes/${ID}` };
}

const decision = { decision: "apply", version: "1-2" };
const comment = { id: "1", path: "a.txt", side: "new", from: 1, to: 2, quote: ["a", "b"], text: "Why?" };

describe("the page of an agent's changes", () => {
  test("is opened by its link, once, by a click, and opens no other", async () => {
    const { rig, path } = createRig();
    const secret = rig.access.newSecret(ID);
    const page = await rig.ask(`/changes/${ID}?secret=${secret}`);
    expect(await page.text()).toContain('<button type="submit"');
    const cookie = await rig.visit(ID);
    expect((await rig.ask(`/changes/${ID}`, { headers: { cookie } })).status).toBe(200);
    expect((await rig.ask(path, { headers: { cookie } })).status).toBe(200);
    expect((await rig.ask(`/changes/${OTHER}`, { headers: { cookie } })).status).toBe(403);
    expect((await rig.ask(`/api/changes/${OTHER}`, { headers: { cookie } })).status).toBe(403);
    expect((await rig.ask("/plan/one", { headers: { cookie } })).status).toBe(403);
    expect((await rig.ask(`/plan/${ID}`, { headers: { cookie } })).status).toBe(404);
    expect((await rig.ask("/changes/one", { headers: { cookie } })).status).toBe(404);
    for (const name of ["../one", "bgr_1", `${ID}.json`]) {
      expect((await rig.ask(`/changes/${encodeURIComponent(name)}`, { headers: { cookie } })).status).toBe(404);
    }
  });

  test("without its cookie nothing is read, and without its token nothing is done", async () => {
    const { rig, asked, path } = createRig();
    for (const below of ["", "/events", "/patch?version=1-2&path=a.txt"]) {
      expect((await rig.ask(`${path}${below}`)).status).toBe(403);
    }
    const cookie = await rig.visit(ID);
    for (const below of ["/decision", "/round"]) {
      expect((await rig.post(`${path}${below}`, cookie, decision, { "x-bizar-token": "" })).status).toBe(403);
      expect((await rig.post(`${path}${below}`, "", decision)).status).toBe(403);
      expect((await rig.post(`${path}${below}`, cookie, decision, { origin: "http://evil.example" })).status).toBe(403);
      expect((await rig.ask(`${path}${below}`, { headers: { cookie } })).status).toBe(405);
    }
    expect(asked).toEqual([]);
  });

  test("what a program of an agent's sends decides nothing", async () => {
    const { rig, asked, path } = createRig();
    const cookie = await rig.visit(ID);
    rig.act = { by: "agent", why: "The program that asks was started by an agent." };
    const answer = await rig.post(`${path}/decision`, cookie, decision);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({
      error: "The program that asks was started by an agent. Only the user decides on changes.",
    });
    expect((await rig.post(`/api/plans/one/agents/${ID}`, await rig.visit("one"), {})).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test("a decision is done, or says why not", async () => {
    const { rig, asked, path } = createRig();
    const cookie = await rig.visit(ID);
    const answer = await rig.post(`${path}/decision`, cookie, { ...decision, comments: [comment], note: "Well" });
    expect([answer.status, await answer.json()]).toEqual([200, { words: "Done." }]);
    expect(asked).toEqual([{ id: ID, ...decision, comments: [comment], note: "Well" }]);
    const refused = await rig.post(`${path}/decision`, cookie, { ...decision, decision: "discard" });
    expect([refused.status, await refused.json()]).toEqual([409, { error: "Not now." }]);
  });

  test.each<[string, unknown]>([
    ["another word", { ...decision, decision: "merge" }],
    ["no version", { decision: "apply" }],
    ["a line that is none", { ...decision, comments: [{ ...comment, from: 0 }] }],
    ["a side that is none", { ...decision, comments: [{ ...comment, side: "left" }] }],
    ["a comment without words", { ...decision, comments: [{ ...comment, text: "" }] }],
    ["too many comments", { ...decision, comments: Array.from({ length: 501 }, () => comment) }],
    ["a text", "apply"],
  ])("a decision with %s is refused, and nothing is done", async (_, body) => {
    const { rig, asked, path } = createRig();
    expect((await rig.post(`${path}/decision`, await rig.visit(ID), body)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  test("what was said and looked at is kept, and comes back with the page", async () => {
    const { rig, path, round } = createRig();
    const cookie = await rig.visit(ID);
    const kept: Round = { comments: [{ ...comment, side: "new" }], viewed: { "a.txt": "abc" } };
    expect((await rig.post(`${path}/round`, cookie, kept)).status).toBe(200);
    expect(round()).toEqual(kept);
    expect(await (await rig.ask(path, { headers: { cookie } })).json()).toEqual({
      changes: changesOf(ID),
      round: kept,
    });
    expect((await rig.post(`${path}/round`, cookie, { comments: "none", viewed: {} })).status).toBe(400);
  });

  test("a patch is that of a version which the page was shown", async () => {
    const { rig, path } = createRig();
    const cookie = await rig.visit(ID);
    const asked = await rig.ask(`${path}/patch?version=1-2&path=a%20b.txt`, { headers: { cookie } });
    expect(await asked.json()).toEqual({ patch: "of a b.txt", leftOut: 0 });
    expect((await rig.ask(`${path}/patch?version=0-0&path=a.txt`, { headers: { cookie } })).status).toBe(404);
  });

  test("follows the changes while it is open, and nobody looks at them afterwards", async () => {
    const { rig, state, timers, path } = createRig();
    const cookie = await rig.visit(ID);
    const { body } = await rig.ask(`${path}/events`, { headers: { cookie } });
    const reader = body!.getReader();
    const next = async () => new TextDecoder().decode((await reader.read()).value);
    expect(await next()).toContain('"version":"1-2"');
    const coming = next();
    timers.shift()?.();
    await Bun.sleep(0);
    state.version = "1-3";
    timers.shift()?.();
    expect(await coming).toContain('"version":"1-3"');
    await reader.cancel();
    const { looks } = state;
    for (const timer of timers.splice(0)) timer();
    await Bun.sleep(0);
    expect(state.looks).toBe(looks);
  });

  test("is opened from the plan that the agent works from, by whoever has that one open, and from no other", async () => {
    const { rig } = createRig();
    const cookie = await rig.visit("one");
    expect(await (await rig.ask("/api/plans/one/agents", { headers: { cookie } })).json()).toEqual([changesOf(ID)]);
    expect((await rig.ask(`/changes/${ID}`, { headers: { cookie } })).status).toBe(403);
    expect((await rig.post(`/api/plans/two/agents/${ID}`, cookie, {})).status).toBe(403);
    expect((await rig.post(`/api/plans/two/agents/${ID}`, await rig.visit("two"), {})).status).toBe(404);
    const opened = await rig.post(`/api/plans/one/agents/${ID}`, cookie, {});
    expect(await opened.json()).toEqual({ address: `${rig.access.path}/changes/${ID}` });
    expect((await rig.ask(`/changes/${ID}`, { headers: { cookie } })).status).toBe(200);
  });
});
