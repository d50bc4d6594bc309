import { describe, expect, test } from "bun:test";
import type { ToolContext } from "@opencode-ai/plugin/tool";
import type { Plans } from "../../src/plans/plan-store-port.ts";
import { until } from "../until.ts";
import { feedbackSince } from "../../src/plans/feedback.ts";
import { createPlanRig } from "./plan-rig.ts";

const comment = (id: string) => ({ op: "add_comment" as const, comment: { id, elementId: null, text: id } });

/** A rig with a plan, and a wait for it under way. */
async function waiting(args: Record<string, unknown> = {}, given: Partial<ToolContext> = {}) {
  const rig = createPlanRig();
  await rig.act("add_element", { elementId: "el_a", title: "A" });
  const answer = rig.call("bizar_wait_for_feedback", { planSlug: "x", ...args }, given);
  await until("the user is called", () => rig.called.length > 0);
  return { ...rig, answer };
}

/** Whether the session that asked has yet to be told of the decision. */
async function untold(plans: Plans): Promise<boolean> {
  const now = await plans.read("x");
  const { review } = now.ok ? now.value.meta : expect.unreachable();
  return review.decidedAt! > review.toldUntil!;
}

describe("bizar_wait_for_feedback", () => {
  test("tells a decision within 200 ms, with the note, and that it was told", async () => {
    const { answer, plans, followed } = await waiting();
    const at = performance.now();
    await plans.decide("x", "changes_requested", "Smaller");
    const { value, metadata } = await answer;
    expect(performance.now() - at).toBeLessThan(200);
    expect(value).toMatchObject({
      ok: true,
      status: "changes_requested",
      planStatus: "changes_requested",
      note: "Smaller",
    });
    expect(value.waitedMs).toBeGreaterThan(0);
    const now = await plans.read("x");
    const { review } = now.ok ? now.value.meta : expect.unreachable();
    expect(review.toldUntil).toBe(review.decidedAt);
    expect(metadata["bizar"]).toEqual({ plan: "x", until: review.decidedAt });
    expect(followed).toEqual(["x"]);
  });

  test("tells the user's edits, replies and comments, and nobody else's", async () => {
    const { answer, act, person } = await waiting();
    await act("update_element", { elementId: "el_a", content: "the agent's" });
    await act("add_comment", { text: "the agent's" });
    await person(
      { op: "update_element", id: "el_a", changes: { title: "B" } },
      { op: "add_comment", comment: { id: "c_1", elementId: "el_a", text: "the user's" } },
    );
    const { value } = await answer;
    expect(value).toMatchObject({ ok: true, status: "feedback_received" });
    expect(value.edits).toMatchObject([
      { id: "el_a", change: "updated", title: "B", fields: ["title"], old: { title: "A" }, new: { title: "B" } },
    ]);
    expect(value.newComments).toMatchObject([{ elementId: "el_a", elementTitle: "B" }]);
    expect(value.newComments.map(({ text }: { text: string }) => text)).toEqual(["the user's"]);
  });

  test("an approval is told though the agent has set another status before it heard of it", async () => {
    const abort = new AbortController();
    const { answer, act, call, plans } = await waiting({}, { abort: abort.signal });
    abort.abort();
    await answer;
    await plans.decide("x", "approved");
    expect(await act("set_status", { status: "in-progress" })).toMatchObject({ ok: true, decision: "approved" });
    expect(await act("get_canvas")).toMatchObject({ status: "in-progress", review: { decision: "approved" } });
    const now = await plans.read("x");
    expect(now.ok && feedbackSince(now.value, now.value.meta.review.toldUntil ?? "")).toMatchObject({
      status: "approved",
    });
    const again = await call("bizar_wait_for_feedback", { planSlug: "x" });
    expect(again.value).toMatchObject({ ok: true, status: "approved", planStatus: "in-progress" });
  });

  test("what the user did between two waits of a session is told at once, and nobody is called for it", async () => {
    const { answer, call, person, called } = await waiting();
    await person(comment("c_1"));
    await answer;
    await person(comment("c_2"));
    const { value } = await call("bizar_wait_for_feedback", { planSlug: "x" });
    expect(value.newComments.map(({ id }: { id: string }) => id)).toEqual(["c_2"]);
    expect(called).toEqual(["x"]);
  });

  test("an aborted wait is no approval: it ends at once, and nothing counts as told", async () => {
    const abort = new AbortController();
    const { answer, plans } = await waiting({}, { abort: abort.signal });
    abort.abort();
    expect((await answer).value).toMatchObject({ ok: true, status: "timed_out", planStatus: "draft" });
    await plans.decide("x", "approved");
    expect(await untold(plans)).toBe(true);
  });

  test("a decision is told whatever is in its note, which a hand may have written into the file", async () => {
    const { answer, call, plans } = await waiting();
    await plans.decide("x", "rejected", "\u0001".repeat(100_000));
    const { output, value } = await answer;
    const where = { truncated: true, path: expect.stringMatching(/x\/meta\.json$/) };
    expect(value).toMatchObject({ ok: true, status: "rejected", ...where });
    expect(value.note.length).toBeGreaterThan(1000);
    const canvas = await call("bizar_plan_action", { action: "get_canvas", planSlug: "x" });
    expect(canvas.value.elements).toHaveLength(1);
    expect(canvas.value.review).toMatchObject(where);
    for (const text of [output, canvas.output]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(40_000);
  });

  test("of a great many edits an answer tells the latest, in at most 40 000 bytes", async () => {
    const { answer, person } = await waiting();
    const elements = Array.from({ length: 390 }, (_, index) => ({ id: `el_${index}`, type: "text", x: 0, y: 0 }));
    await person(...elements.map((element) => ({ op: "add_element" as const, element })));
    const { output, value } = await answer;
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    expect(value).toMatchObject({ status: "feedback_received", truncated: true });
    expect(value.edits.at(-1)).toMatchObject({ id: "el_389" });
  });

  test("a wait ends when the plugin is disposed of, and nothing counts as told", async () => {
    const { answer, plans, dispose } = await waiting();
    dispose();
    expect((await answer).value).toMatchObject({ ok: true, status: "timed_out" });
    await plans.decide("x", "approved");
    expect(await untold(plans)).toBe(true);
  });

  test("what is done in the last moment of a wait counts, though no watch has told of it yet", async () => {
    const rig = createPlanRig();
    await rig.act("add_element", { title: "A" });
    Object.assign(rig.plans, { watch: () => ({ close() {} }) });
    const answer = rig.call("bizar_wait_for_feedback", { planSlug: "x", timeoutMs: 5000 });
    await until("the user is called", () => rig.called.length > 0);
    await rig.plans.decide("x", "approved");
    expect((await answer).value).toMatchObject({ status: "approved", planStatus: "approved" });
  }, 15_000);

  test("of two sessions that wait both hear of it, and only its own answer tells the one that asked last", async () => {
    const { answer, call, called, plans, desk } = await waiting();
    const abort = new AbortController();
    const given = { sessionID: "ses_other", abort: abort.signal };
    const other = call("bizar_wait_for_feedback", { planSlug: "x" }, given);
    await until("the other is called", () => called.length > 1);
    expect(desk.reviews.isWaited("ses_other", "x")).toBe(true);
    abort.abort();
    expect((await other).value.status).toBe("timed_out");
    expect(desk.reviews.isWaited("ses_other", "x")).toBe(false);
    await plans.decide("x", "approved");
    expect((await answer).value.status).toBe("approved");
    expect(await untold(plans)).toBe(true);
  });

  test("a plan that is deleted meanwhile ends the wait with an error", async () => {
    const { answer, plans, desk } = await waiting();
    expect(desk.reviews.of("ses_parent")).toEqual(["x"]);
    await plans.delete("x");
    expect((await answer).value).toMatchObject({ ok: false, planSlug: "x", error: expect.stringContaining("deleted") });
    expect(desk.reviews.slugs).toEqual([]);
  });

  const wrong: [what: string, args: Record<string, unknown>, says: string][] = [
    ["a plan that is not there", { planSlug: "y" }, "y"],
    ["a time that is none", { planSlug: "x", timeoutMs: "soon" }, "timeoutMs"],
    ["a moment that is none", { planSlug: "x", sinceTimestamp: "yesterday" }, "ISO 8601"],
    ["no plan", {}, "planSlug"],
  ];
  for (const [what, args, says] of wrong) {
    test(`refuses ${what}`, async () => {
      const { call, act } = createPlanRig();
      await act("add_element", { title: "A" });
      const { value } = await call("bizar_wait_for_feedback", args);
      expect(value).toMatchObject({ ok: false, error: expect.stringContaining(says) });
    });
  }
});

describe("bizar_get_plan_comments", () => {
  test("reads all, those of an element, or those of the canvas; none where there is no plan", async () => {
    const { call, act } = createPlanRig();
    await act("add_element", { elementId: "el_a", title: "A" });
    await act("add_comment", { text: "one", elementId: "el_a" });
    await act("add_comment", { text: "two" });
    const texts = async (more: Record<string, unknown>) => {
      const { value } = await call("bizar_get_plan_comments", { planSlug: "x", ...more });
      return value.map(({ text }: { text: string }) => text);
    };
    expect(await texts({})).toEqual(["one", "two"]);
    expect(await texts({ elementId: "el_a" })).toEqual(["one"]);
    expect(await texts({ elementId: "null" })).toEqual(["two"]);
    expect(await texts({ planSlug: "y" })).toEqual([]);
  });

  test("a long list is cut to the newest, and says so", async () => {
    const { call, act } = createPlanRig();
    await act("add_element", { title: "A" });
    for (let index = 0; index < 6; index++) await act("add_comment", { text: `${index} ${"x".repeat(9000)}` });
    const { value, output } = await call("bizar_get_plan_comments", { planSlug: "x" });
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    expect(value[0]).toMatchObject({ truncated: true, omitted: 2 });
    expect(value.at(-1).text).toStartWith("5 ");
  });
});
