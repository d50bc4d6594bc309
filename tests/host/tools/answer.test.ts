import { describe, expect, test } from "bun:test";
import { answer, cutToJsonBytes, errorAnswer, jsonBytes, MAX_ANSWER_BYTES } from "../../../src/host/tools/answer.ts";
import { shorten } from "../../../src/text/shorten.ts";

describe("a text that is cut to its bytes as JSON", () => {
  const texts: [what: string, unit: string][] = [
    ["plain", "x"],
    ["quotes", '"'],
    ["line ends", "\n"],
    ["control characters", "\u0001"],
    ["umlauts", "ä"],
    ["emoji", "👍"],
    ["families of emoji", "👩‍👩‍👧"],
    ["all of them", 'a"\n\u0001ä€👍\\'],
  ];
  for (const [what, unit] of texts) {
    test(`200 KB of ${what} stays within, and uses what there is`, () => {
      const text = unit.repeat(Math.ceil(200_000 / unit.length));
      for (const max of [39_000, 1000, 101, 50]) {
        const cut = cutToJsonBytes(text, max);
        expect(text).toStartWith(cut);
        expect(jsonBytes(cut)).toBeWithin(max - 12, max + 1);
      }
    });
  }

  test("never ends in half a character", () => {
    const text = "a👍b👍👍c";
    for (let max = 0; max <= jsonBytes(text); max++) {
      const cut = cutToJsonBytes(text, max);
      expect(cut.isWellFormed()).toBe(true);
      if (max >= 2) expect(jsonBytes(cut)).toBeLessThanOrEqual(max);
    }
  });

  test("that fits is whole", () => {
    expect(cutToJsonBytes("👍", 6)).toBe("👍");
    expect(cutToJsonBytes("", 2)).toBe("");
  });

  test("without any room is empty", () => {
    expect([cutToJsonBytes("text", 0), cutToJsonBytes("text", -5000)]).toEqual(["", ""]);
  });
});

test("an answer is JSON with a title and metadata", () => {
  expect(answer("1 agent", { a: 1 }, { count: 1 })).toEqual({
    title: "1 agent",
    output: '{"a":1}',
    metadata: { count: 1 },
  });
});

test("an error is short, says so, and keeps its facts", () => {
  const error = errorAnswer("x".repeat(100_000), { instanceId: "bgr_1" }) as { output: string; title: string };
  expect(Buffer.byteLength(error.output)).toBeLessThan(MAX_ANSWER_BYTES);
  expect(JSON.parse(error.output)).toMatchObject({ instanceId: "bgr_1", error: expect.stringMatching(/^x+…$/) });
  expect(error).toMatchObject({ metadata: { error: true }, title: expect.stringMatching(/^error: x+…$/) });
});

test("a shortened text has the length that was asked for", () => {
  expect([shorten("abc", 3), shorten("abcd", 3)]).toEqual(["abc", "ab…"]);
});
