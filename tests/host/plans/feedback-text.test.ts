import { expect, test } from "bun:test";
import { feedbackText } from "../../../src/host/plans/feedback-text.ts";
import type { Feedback } from "../../../src/plans/feedback.ts";
import { at, comment, plan } from "../../plans/plan-rig.ts";

test("of a long talk the latest replies are told, and how many came before", () => {
  const thread = Array.from({ length: 200 }, (_, index) => {
    return { id: `r_${index}`, author: "user", text: `reply ${index} ${"x".repeat(600)}`, created: at(index) };
  });
  const feedback: Feedback = {
    status: "feedback_received",
    planStatus: "draft",
    newComments: [comment("c_1", { thread })],
    edits: [],
    until: at(200),
  };
  const text = feedbackText({ slug: "x", plan: plan() }, feedback, undefined);
  expect(text.length).toBeLessThan(10_000);
  expect(text).toContain("190 earlier replies");
  expect(text).toContain("reply 199 ");
  expect(text).not.toContain("reply 189 ");
});
