import { describe, expect, test } from "bun:test";
import {
  fromRecord,
  parseRecord,
  SCHEMA_VERSION,
  toRecord,
  type InstanceRecord,
  type RecordOrigin,
} from "../../src/store/record.ts";
import { isTerminalRecord } from "../../src/store/terminal-record.ts";
import { noDeeds } from "../../src/supervisor/deeds.ts";
import { sampleInstance, sampleStates, START, type SampleState } from "../supervisor/sample-instance.ts";

const origin: RecordOrigin = {
  supervisor: { pid: 100, startTime: "5000", bootId: "boot/pid:[1]", token: "01TOKEN" },
  onExit: "finish",
  logPath: "/state/logs/x.log",
};

/** What is about to happen ("running, ending") is not kept: only what has. */
const states = (Object.keys(sampleStates) as SampleState[]).filter((state) => !state.includes(","));

function read(text: string): InstanceRecord {
  const reading = parseRecord(text);
  if (reading.kind !== "record") throw new Error(JSON.stringify(reading));
  return reading.record;
}

describe("what is written is what is read", () => {
  for (const state of states) {
    test(state, () => {
      const sample = sampleInstance(state);
      const isTerminal = "endedAt" in sample.state;
      const textPreview = "the last words";
      const instance = {
        ...sample,
        backend: "warm" as const,
        definition: "0123456789abcdef",
        model: { providerId: "scripted", modelId: "vendor/model", variant: "high" },
        deadlineMs: 60_000,
        progress: {
          ...sample.progress,
          activity: "tool bash",
          toolCallCount: 3,
          costUsd: 0.25,
          voice: true,
          textPreview,
        },
        turns: sample.turns.map((turn) => ({ ...turn, startedAt: START + 10, exitCode: 143, signal: "SIGTERM" })),
        resultPreview: isTerminal ? textPreview : null,
      };
      const record = toRecord(instance, origin);
      expect(read(JSON.stringify(record))).toEqual(record);
      expect(fromRecord(record)).toEqual({ ...instance, logPath: origin.logPath });
      expect(isTerminalRecord(record)).toBe(isTerminal);
    });
  }

  test("a cause of an end that has not come yet is not kept: what came of it will be", () => {
    const record = toRecord(sampleInstance("running, ending"), origin);
    expect(record).toMatchObject({ status: "running", reason: null, error: null });
    expect(fromRecord(record).state).toMatchObject({ status: "running", ending: null });
  });
});

describe("the record", () => {
  test("has times that people can read, and the owner", () => {
    expect(toRecord(sampleInstance("failed"), origin)).toMatchObject({
      schemaVersion: SCHEMA_VERSION,
      createdAt: "2026-01-02T03:04:05.000Z",
      startedAt: "2026-01-02T03:04:05.010Z",
      endedAt: "2026-01-02T03:04:05.020Z",
      model: "scripted/model",
      variant: null,
      reason: "session_error",
      ...origin,
    });
  });

  test("has all of the prompt, and a preview of it", () => {
    const record = toRecord(sampleInstance("queued", { prompt: "x".repeat(5000) }), origin);
    expect([record.prompt.length, record.promptPreview.length]).toEqual([5000, 200]);
  });

  test("previews what it wrote so far while it runs, and its result afterwards", () => {
    const { progress } = sampleInstance("running");
    const given = { progress: { ...progress, textPreview: "so far" }, resultPreview: "the result" };
    const [running, done] = (["running", "done"] as const).map((state) =>
      toRecord(sampleInstance(state, given), origin),
    );
    expect([running!.resultPreview, done!.resultPreview]).toEqual(["so far", "the result"]);
  });
});

describe("a file that is no record", () => {
  const good = toRecord(sampleInstance("running"), origin);
  const cases: [what: string, text: string, problem: string][] = [
    ["empty", "", ""],
    ["half written", JSON.stringify(good).slice(0, 200), ""],
    ["null", "null", ""],
    ["a list", "[]", ""],
    ["no schema", JSON.stringify({ ...good, schemaVersion: undefined }), "schemaVersion"],
    ["an unknown status", JSON.stringify({ ...good, status: "asleep" }), "status"],
    ["an unknown reason", JSON.stringify({ ...good, reason: "bad luck" }), "reason"],
    ["a time that is none", JSON.stringify({ ...good, createdAt: "yesterday" }), "createdAt"],
    ["an id that is a path", JSON.stringify({ ...good, instanceId: "../../etc/passwd" }), "instanceId"],
    ["a number that is text", JSON.stringify({ ...good, toolCallCount: "3" }), "toolCallCount"],
  ];
  for (const [what, text, problem] of cases) {
    test(`${what}: corrupt, and what is wrong`, () => {
      expect(parseRecord(text)).toMatchObject({ kind: "corrupt", problem: expect.stringContaining(problem) });
    });
  }

  test("of before agents could be warm: a process agent's", () => {
    const { backend: _, definition: __, ...others } = good;
    const { refused: ___, changedFiles: ____, moreChangedFiles: _____, lastCalls: ______, ...older } = others;
    expect(read(JSON.stringify(older))).toMatchObject({ backend: "process", definition: null, ...noDeeds });
  });

  for (const name of Object.keys(good).filter(
    (key) =>
      ![
        "backend",
        "definition",
        "folder",
        "changes",
        "resultParts",
        "planTask",
        "questions",
        "allowed",
        "fallback",
        "modelsTried",
        ...Object.keys(noDeeds),
      ].includes(key),
  )) {
    test(`without ${name}: corrupt`, () => {
      const { [name as keyof InstanceRecord]: _, ...rest } = good;
      expect(parseRecord(JSON.stringify(rest)).kind).toBe("corrupt");
    });
  }

  test("a record from before is read as it is, and written as of now", () => {
    const record = toRecord(sampleInstance("failed"), origin);
    const { questions: _, allowed: __, modelsTried: ___, ...before } = { ...record, schemaVersion: 1 };
    const found = read(JSON.stringify(before));
    expect(found).toEqual({ ...record, schemaVersion: 1 });
    expect(toRecord(fromRecord(found), origin)).toMatchObject({
      schemaVersion: SCHEMA_VERSION,
      reason: "session_error",
    });
    expect(SCHEMA_VERSION).toBeGreaterThan(1);
  });

  test("a record of a newer plugin is newer, whatever else is in it", () => {
    expect(parseRecord(JSON.stringify({ schemaVersion: SCHEMA_VERSION + 1, shape: "new" }))).toEqual({
      kind: "newer",
      version: SCHEMA_VERSION + 1,
    });
  });
});
