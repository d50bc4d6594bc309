import { expect, test } from "bun:test";
import { until } from "../../until.ts";
import { startTurn } from "./turn-rig.ts";

test("telemetry with the right nonce feeds the progress and never reaches the log", async () => {
  const turn = startTurn("speaks.ts");
  const { evidence } = await turn.ended;
  const last = turn.seen.progress.at(-1);
  expect(last).toMatchObject({ voice: true, toolCallCount: 5, costUsd: 0.25, activity: "tool bash" });
  expect(last?.tokens.input).toBe(70);
  expect(evidence.words).toEqual(["spoken"]);
  const bizarLines = turn.log().filter((line) => line.includes('{"bizar":'));
  expect(bizarLines.filter((line) => !line.includes("not-the-nonce"))).toEqual([]);
  // What another one has printed before it, without an end of its line, is told all the same.
  expect(turn.log()).toContain("[stderr] loading … ");
});

test("a telemetry line with a wrong nonce is a plain log line", async () => {
  const turn = startTurn("speaks.ts");
  await turn.ended;
  expect(turn.log().filter((line) => line.startsWith('[stderr] {"bizar":"not-the-nonce"'))).toHaveLength(1);
});

test("a tool that runs shows in the log as soon as the voice tells of it", async () => {
  const turn = startTurn("speaks.ts");
  await turn.ended;
  const lines = turn.log().filter((line) => line.includes("bash"));
  expect(lines.some((line) => /^\[stdout\] \d\d:\d\d:\d\d start bash  bun test$/.test(line))).toBe(true);
});

test("a child without a voice is counted from stdout, and its progress says so", async () => {
  const turn = startTurn("works-without-a-voice.ts");
  await turn.ended;
  expect(turn.seen.progress.at(-1)).toMatchObject({
    voice: false,
    activity: "unknown",
    toolCallCount: 2,
    costUsd: 1,
    tokens: { input: 20, output: 4, reasoning: 2, cacheRead: 6, cacheWrite: 8 },
    textPreview: "All is well.",
    lastCalls: ["read: a.ts", "bash: a.ts"],
  });
  expect(turn.log()[0]).toBe("[stdout] loading … ");
});

test("a voice that names another agent asks for an end as wrong_agent", async () => {
  const turn = startTurn("runs-another-agent.ts");
  await until("the observer is told", () => turn.seen.stops.length > 0);
  await turn.stop();
  await turn.ended;
  expect(turn.seen.stops[0]).toMatchObject({ status: "failed", reason: "wrong_agent" });
  expect(turn.seen.stops[0]?.error).toContain('"build"');
});

for (const [what, sessionId] of [
  ["a first turn", null],
  ["a follow-up", "ses_first"],
] as const) {
  test(`opencode's own word that it fell back to another agent asks for an end of ${what}`, async () => {
    const turn = startTurn("falls-back.sh", { sessionId });
    await turn.logged(/Falling back/);
    await turn.stop();
    const { evidence } = await turn.ended;
    expect(turn.seen.stops[0]).toMatchObject({ status: "failed", reason: "wrong_agent" });
    expect(evidence.agentFallback?.detail).toContain("Falling back to default agent");
  });
}

test("the marker names the instance, and the outer instances of an agent's own opencode before it", async () => {
  const plain = startTurn("names-its-marker.ts");
  const nested = startTurn("names-its-marker.ts", {}, { environment: { ...process.env, BIZAR_INSTANCE: "bgr_OUTER" } });
  expect((await plain.ended).evidence.words).toEqual([plain.request.instanceId]);
  expect((await nested.ended).evidence.words).toEqual([`bgr_OUTER/${nested.request.instanceId}`]);
});
