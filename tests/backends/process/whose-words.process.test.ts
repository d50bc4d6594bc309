import { expect, test } from "bun:test";
import { sampleTurn } from "../../supervisor/sample-instance.ts";
import { startTurn, type StartedTurn } from "./turn-rig.ts";

/** What the log shows of texts and thoughts, and as whose. */
function shown(turn: StartedTurn): string[] {
  return turn.log().flatMap((line) => /^\[stdout\] \S+ ((?:text|think|host) .*)$/.exec(line)?.[1] ?? []);
}

/** Every preview of the text that was told. */
function previews({ seen }: StartedTurn): Set<string | null> {
  return new Set(seen.progress.map(({ textPreview }) => textPreview));
}

const TRUE_LOG = [
  ...["text  I look first.", "host  How to sum it up?", "host  SUMMARY", "host  Continue.", "text  FINAL"],
];

test("what is printed before the voice has told whose it is waits for that word", async () => {
  const turn = startTurn("prints-a-compaction.ts", { prompt: "late" });
  const { evidence } = await turn.ended;
  expect(evidence).toMatchObject({ words: ["I look first.", "FINAL"], finish: "stop" });
  expect(shown(turn)).toEqual(TRUE_LOG);
  expect(previews(turn)).toEqual(new Set([null, "I look first.", "FINAL"]));
  expect(turn.seen.prompt).toBe("msg_1");
});

const turnOfSession = sampleTurn({ messageId: "msg_1", ownMessages: ["msg_2", "msg_6"] });
const earlier = sampleTurn({ messageId: "msg_01", ownMessages: ["msg_02"] });
const transcripts = { read: async () => [earlier, turnOfSession] };

for (const [voice, prompt] of [
  ["has no voice", "never"],
  ["was cut off before its voice told all", "cut"],
]) {
  test(`of a child that ${voice} the session says whose the words are, and which turn it was`, async () => {
    const turn = startTurn("prints-a-compaction.ts", { prompt: prompt! }, { transcripts });
    const { evidence } = await turn.ended;
    expect(evidence).toMatchObject({ words: ["I look first.", "FINAL"], finish: "stop" });
    expect(turn.seen.prompt).toBe("msg_1");
  });
}

test("where the session cannot tell either, what the host marks as its own is left out, and the log says the rest", async () => {
  const turn = startTurn("prints-a-compaction.ts", { prompt: "never" });
  expect((await turn.ended).evidence.words).toEqual(["I look first.", "SUMMARY", "FINAL"]);
  expect(turn.log().join("\n")).toContain(
    "nobody could tell the agent's words from opencode's own: there is no session",
  );
});
