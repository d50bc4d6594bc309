import { describe, expect, test } from "bun:test";
import { OpenReviews } from "../../src/host/plans/open-reviews.ts";
import { gate } from "../../src/host/plans/plan-gate.ts";
import { isReadOnly } from "../../src/host/read-only-commands.ts";

async function refusal(tool: string, args: unknown = {}, isOpen = true): Promise<string | undefined> {
  const reviews = new OpenReviews();
  reviews.opened("ses_1", "x");
  const review = { askedBy: { sessionId: "ses_agent", instanceId: "bgr_asking" } };
  const parts = { reviews, known: async () => undefined, openReview: async () => (isOpen ? review : undefined) };
  return await gate(parts, tool, "ses_1", args).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

describe("while a review is open", () => {
  for (const tool of [
    "edit",
    "write",
    "patch",
    "multiedit",
    "apply_patch",
    "task",
    "bizar_spawn_background",
    "bizar_send_message",
  ])
    test(`${tool} is refused, in words that name the plan`, async () => {
      expect(await refusal(tool)).toContain(`${tool} was refused: the plan "x" is up for review`);
    });
  for (const tool of ["read", "grep", "glob", "webfetch", "todowrite", "bizar_plan_action", "bizar_wait_for_feedback"])
    test(`${tool} passes`, async () => expect(await refusal(tool)).toBeUndefined());
  test("bash passes where it only reads", async () => {
    expect(await refusal("bash", { command: "git diff | head -5" })).toBeUndefined();
    expect(await refusal("bash", { command: "npm install" })).toContain("bash was refused");
    expect(await refusal("bash", {})).toContain("bash was refused");
  });
  test("a message passes for the agent that asked for the review: it may have comments to answer", async () => {
    expect(await refusal("bizar_send_message", { instanceId: "bgr_asking", prompt: "answer" })).toBeUndefined();
    expect(await refusal("bizar_send_message", { instanceId: "bgr_other", prompt: "go on" })).toContain("was refused");
  });
  test("a review that is over in the meantime refuses nothing", async () => {
    expect(await refusal("edit", {}, false)).toBeUndefined();
  });
  test("another session is not concerned", async () => {
    const reviews = new OpenReviews();
    reviews.opened("ses_2", "x");
    await gate({ reviews, known: async () => undefined, openReview: async () => ({}) }, "edit", "ses_1", {});
  });
});

describe("a bash line only reads", () => {
  const reads = ["ls", "ls -la src", "cat a && git status", "grep -rn x . | wc -l", "git log --oneline; pwd"];
  for (const line of reads) test(line, () => expect(isReadOnly(line)).toBe(true));
  const writes = [
    "rm a",
    "cat a > b",
    "ls; rm a",
    "ls\nrm a",
    "ls & rm a",
    "ls $(rm a)",
    "ls `rm a`",
    "grep x a || touch b",
    "git push",
    "git diff --output=a",
    `git diff --out"put"=a`,
    String.raw`git diff --out\put=a`,
    "rg --hyperlink-format x{host} --hostname-bin ./a b",
    "",
  ];
  for (const line of writes) test(`not: ${JSON.stringify(line)}`, () => expect(isReadOnly(line)).toBe(false));
});
