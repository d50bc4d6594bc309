import { expect, test } from "bun:test";
import { createApiClient } from "../../../src/canvas/page/sync/api-client.ts";
import { retryDelayMs } from "../../../src/canvas/page/sync/retry-delay.ts";
import { samplePlan, stored } from "./sample-plan.ts";

function answering(status: number, body: unknown) {
  const request = async () => Response.json(body, { status });
  return createApiClient("/api/plans/sample", "token", request);
}

test("a plan, and an edit that was done, say what is stored now", async () => {
  expect(await answering(200, stored(samplePlan())).read()).toEqual({ kind: "done", stored: stored(samplePlan()) });
  const done = { ok: true, stored: stored(samplePlan()) };
  expect(await answering(200, done).edit([])).toEqual({ kind: "done", stored: stored(samplePlan()) });
});

test("a refused edit says why and what is stored now", async () => {
  const refusal = { reason: "conflict", index: 0, message: "changed" };
  const answer = { ok: false, refusal, stored: stored(samplePlan()) };
  expect(await answering(409, answer).edit([])).toMatchObject({ kind: "refused", refusal: { reason: "conflict" } });
});

test.each([401, 403])("%d means that another server has taken this one's place", async (status) => {
  expect(await answering(status, { error: "no" }).read()).toEqual({ kind: "locked_out" });
});

test("what may go better later is unreachable, what never will is rejected", async () => {
  expect(await answering(503, { error: "disk" }).edit([])).toEqual({ kind: "unreachable", message: "disk" });
  const locked = { error: "busy", problem: { reason: "locked", message: "busy" } };
  expect(await answering(423, locked).edit([])).toMatchObject({ kind: "unreachable" });
  expect(await answering(413, { error: "too large" }).edit([])).toEqual({ kind: "rejected", message: "too large" });
});

test("no answer, or one that is no JSON, is unreachable", async () => {
  const gone = Promise.reject<Response>(new TypeError("Failed to fetch"));
  expect(await createApiClient("/x", "", () => gone).read()).toEqual({
    kind: "unreachable",
    message: "Failed to fetch",
  });
  const html = Promise.resolve(new Response("<html>"));
  expect(await createApiClient("/x", "", () => html).read()).toMatchObject({ kind: "unreachable" });
});

test("attempts to connect come ever later, up to a limit, and not all pages at once", () => {
  expect([0, 1, 2, 3].map((failures) => retryDelayMs(failures, 0.5))).toEqual([400, 800, 1600, 3200]);
  expect(retryDelayMs(30, 0.5)).toBe(15_000);
  expect(retryDelayMs(0, 0)).toBe(300);
  expect(retryDelayMs(0, 1)).toBe(500);
});
