import { describe, expect, test } from "bun:test";
import {
  agentIn,
  elsewhereIn,
  endsIn,
  isOfSupervisor,
  isOwn,
  lentIn,
  ownMetadata,
  tellsFeedback,
  type OwnForm,
} from "../../src/opencode/own-metadata.ts";

const end = { instanceId: "bgr_1", turn: 2 };
const lent = { instanceId: "bgr_1", nonce: "0123456789abcdef", asks: true, waitMs: 1000 };

/** What is in sessions already: whoever changes a form here no longer reads what an earlier version has written. */
const WRITTEN: readonly (readonly [bytes: string, said: OwnForm])[] = [
  ['{"bizar":{"instanceId":"bgr_1"}}', { instanceId: "bgr_1" }],
  ['{"bizar":{"kind":"initial"}}', { kind: "initial", lent: undefined }],
  [`{"bizar":{"kind":"intervention","lent":${JSON.stringify(lent)}}}`, { kind: "intervention", lent }],
  ['{"bizar":{"kind":"fallback"}}', { kind: "fallback", lent: undefined }],
  ['{"bizar":{"kind":"note"}}', { kind: "note" }],
  ['{"bizar":{"reminder":true}}', { reminder: true }],
  ['{"bizar":{"command":"plan"}}', { command: "plan" }],
  ['{"bizar":{"call":"review"}}', { call: "review" }],
  ['{"bizar":[{"instanceId":"bgr_1","turn":2}]}', [end]],
  ['{"bizar":[]}', []],
  ['{"bizar":{"elsewhere":[{"instanceId":"bgr_1","turn":2}]}}', { elsewhere: [end] }],
  ['{"bizar":{"plan":"x","until":"2026-01-02"}}', { plan: "x", until: "2026-01-02" }],
];

/** What a reader of each form finds. */
function read(metadata: unknown): Record<string, unknown> {
  return {
    ...{ agent: agentIn(metadata), lent: lentIn(metadata), isOfSupervisor: isOfSupervisor(metadata) },
    ...{ ends: endsIn(metadata), elsewhere: elsewhereIn(metadata) },
    feedback: ["2026-01-01", "2026-01-02", "2026-01-03"].map((until) => tellsFeedback(metadata, "x", until)),
  };
}

const NOTHING = read(undefined);

describe("metadata of the plugin", () => {
  test.each(WRITTEN)("is written as %s", (bytes, said) => {
    expect(JSON.stringify(ownMetadata(said))).toBe(bytes);
  });

  test("is told from that of others, and an empty word of it is the plugin's as well", () => {
    for (const [bytes] of WRITTEN) expect(isOwn(JSON.parse(bytes))).toBe(true);
    for (const other of [undefined, null, "bizar", [], {}, { other: "plugin" }]) {
      expect({ other, isOwn: isOwn(other), ...read(other) }).toEqual({ other, isOwn: false, ...NOTHING });
    }
  });

  test("is read in the form that it was written in, and in no other", () => {
    const found: Readonly<Record<string, object>> = {
      '{"bizar":{"instanceId":"bgr_1"}}': { agent: "bgr_1" },
      [WRITTEN[2]![0]]: { lent, isOfSupervisor: true },
      '{"bizar":{"kind":"fallback"}}': { isOfSupervisor: true },
      '{"bizar":[{"instanceId":"bgr_1","turn":2}]}': { ends: [end] },
      '{"bizar":{"elsewhere":[{"instanceId":"bgr_1","turn":2}]}}': { elsewhere: [end] },
      '{"bizar":{"plan":"x","until":"2026-01-02"}}': { feedback: [true, true, false] },
    };
    for (const [bytes] of WRITTEN)
      expect([bytes, read(JSON.parse(bytes))]).toEqual([bytes, { ...NOTHING, ...found[bytes] }]);
    expect(tellsFeedback({ bizar: { plan: "x", until: "2026-01-02" } }, "y", "2026-01-01")).toBe(false);
  });

  test("that is half of a form says nothing", () => {
    const { nonce: _, ...nameless } = lent;
    for (const said of [
      null,
      1,
      { instanceId: 1 },
      { lent: nameless },
      [end, { turn: 1 }],
      { elsewhere: end },
      { plan: "x" },
    ]) {
      expect([said, read({ bizar: said })]).toEqual([said, NOTHING]);
    }
  });
});
