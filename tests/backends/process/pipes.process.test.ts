import { expect, test } from "bun:test";
import { startTurn } from "./turn-rig.ts";
import { exited } from "../../supervisor/sample-instance.ts";

test("the session id is the first one that stderr names, and it is told once", async () => {
  const turn = startTurn("names-two-sessions.ts");
  const { evidence, textIncomplete } = await turn.ended;
  expect(turn.seen.sessions).toEqual(["ses_first"]);
  expect(evidence).toMatchObject({ cause: exited(0), finish: "stop", words: ["All is well."] });
  expect(textIncomplete).toBe(false);
  expect(turn.log().join("\n")).not.toContain("stderr named");
});

test("a stdout that names another session than stderr is told to the operator, once", async () => {
  const turn = startTurn("disagrees-on-session.ts");
  await turn.ended;
  expect(turn.seen.sessions).toEqual(["ses_first"]);
  expect(turn.log().filter((line) => line.includes("stdout names session ses_other"))).toHaveLength(1);
});

test("a follow-up's session is known before its child says anything", async () => {
  const turn = startTurn("names-its-marker.ts", { sessionId: "ses_first" });
  expect(turn.seen.sessions).toEqual(["ses_first"]);
  await turn.ended;
  expect(turn.seen.sessions).toEqual(["ses_first"]);
});

test("half a line at the end of either stream is taken as a line", async () => {
  const turn = startTurn("ends-in-half-a-line.ts");
  const { evidence } = await turn.ended;
  expect(evidence).toMatchObject({ finish: "stop", words: ["whole"] });
  expect(turn.log()).toContain("[stderr] half a li");
});

test("a character whose bytes come one by one is not cut, on both streams at once", async () => {
  const turn = startTurn("cuts-a-character.ts");
  const { evidence } = await turn.ended;
  expect(evidence.words).toEqual(["grüße 🦊 fox"]);
  expect(turn.log()).toContain("[stderr] stderr says 🐢 too");
});

test("a line of stdout over 1 MiB is cut, and the text says that it is incomplete", async () => {
  const turn = startTurn("prints-a-long-line.ts");
  const { evidence, textIncomplete } = await turn.ended;
  expect(textIncomplete).toBe(true);
  expect(evidence).toMatchObject({ finish: "stop", words: ["before\n\nafter"] });
  const longest = Math.max(...turn.log().map((line) => line.length));
  expect(longest).toBe("[stdout] ".length + 1_048_576 + " [cut]".length);
});

test("100 MB on stderr are drained into a log that rotates, in little memory, and the run ends", async () => {
  const environment = { ...process.env, FLOOD_MB: "100" };
  const before = process.memoryUsage.rss();
  let highest = before;
  const sampling = setInterval(() => (highest = Math.max(highest, process.memoryUsage.rss())), 10);
  const turn = startTurn("floods-stderr.ts", {}, { environment });
  const { evidence } = await turn.ended;
  clearInterval(sampling);
  expect(evidence).toMatchObject({ cause: exited(0), finish: "stop", words: ["flooded"] });
  // All that was kept: no line is missing between the oldest and the last one.
  const numbers = turn.log().flatMap((line) => /^\[stderr\] \.+(\d+) $/.exec(line)?.[1] ?? []);
  expect(numbers.length).toBeGreaterThan(200_000);
  expect(numbers.at(-1)).toBe(String(100 * 8192 - 1));
  expect(Number(numbers.at(-1)) - Number(numbers[0])).toBe(numbers.length - 1);
  // 100 MB that piled up would show; Bun's own reading costs some 45 MB.
  expect(highest - before).toBeLessThan(96 * 1_048_576);
}, 60_000);
