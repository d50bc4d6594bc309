import { describe, expect, test } from "bun:test";
import { until } from "../until.ts";
import { createPlanRig } from "./plan-rig.ts";

const comment = (id: string) => ({ op: "add_comment" as const, comment: { id, elementId: null, text: id } });

/** A rig with a plan, and a wait for it under way. */
async function waiting(args: Record<string, unknown> = {}, given: { abort?: AbortSignal } = {}) {
  const rig = createPlanRig();
  await rig.act("add_element", { elementId: "el_a", title: "A" });
  const answer = rig.call("bizar_wait_for_feedback", { planSlug: "x", ...args }, given);
  await until("the user is called", () => rig.called.length > 0);
  return { ...rig, answer };
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
    expect(value.edits).toEqual([expect.objectContaining({ id: "el_a", change: "updated", fields: ["title"] })]);
    expect(value.newComments.map(({ text }: { text: string }) => text)).toEqual(["the user's"]);
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
    const now = await plans.read("x");
    const { review } = now.ok ? now.value.meta : expect.unreachable();
    expect(review.decidedAt! > review.toldUntil!).toBe(true);
  });

  test("a plan that is deleted meanwhile ends the wait with an error", async () => {
    const { answer, plans, desk } = await waiting();
    expect(desk.reviews.of("ses_parent")).toEqual(["x"]);
    await plans.delete("x");
    expect((await answer).value).toMatchObject({ ok: false, planSlug: "x", error: expect.stringContaining("deleted") });
    expect(desk.reviews.isEmpty).toBe(true);
  });

  const wrong: [what: string, args: Record<string, unknown>, says: string][] = [
    ["a plan that is not there", { planSlug: "y" }, "y"],
    ["too short a time", { planSlug: "x", timeoutMs: 10 }, "timeoutMs"],
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
