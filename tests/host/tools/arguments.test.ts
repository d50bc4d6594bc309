import { describe, expect, test } from "bun:test";
import { z } from "zod";
import { instanceId, readArguments, timeoutMs } from "../../../src/host/tools/arguments.ts";

const shape = { instanceId: instanceId.optional(), timeoutMs: timeoutMs.optional(), all: z.boolean().optional() };
const id = "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const read = (given: unknown) => readArguments("bizar_test", shape, given);

describe("arguments that can be used", () => {
  const cases: [given: unknown, value: Record<string, unknown>][] = [
    [{}, {}],
    [undefined, {}],
    [null, {}],
    [{ instanceId: id }, { instanceId: id }],
    [{ instanceId: null, all: true }, { all: true }],
    [{ timeoutMs: 1000 }, { timeoutMs: 1000 }],
    [{ timeoutMs: 1_800_000 }, { timeoutMs: 1_800_000 }],
  ];
  for (const [given, value] of cases) {
    test(JSON.stringify(given) ?? "nothing", () => expect(read(given)).toEqual({ ok: true, value }));
  }
});

describe("arguments that cannot be used are an error that says what came", () => {
  const cases: [given: unknown, ...words: string[]][] = [
    [{ instanceId: "bgr_1" }, '"instanceId"', 'got "bgr_1"'],
    [{ instanceId: `../${id}` }, '"instanceId"'],
    [{ instanceId: `${id}\n` }, '"instanceId"'],
    [{ instanceId: id.toLowerCase() }, '"instanceId"'],
    [{ timeoutMs: 999 }, '"timeoutMs"', "1000", "got 999"],
    [{ timeoutMs: 1_800_001 }, '"timeoutMs"', "1800000"],
    [{ timeoutMs: "1000" }, '"timeoutMs"', 'got "1000"'],
    [{ timeoutMS: 1000 }, "timeoutMS"],
    [{ all: "x".repeat(5000) }, '"all"', "…"],
    [[], "bizar_test takes"],
    ["all", "bizar_test takes"],
    [7, "bizar_test takes"],
  ];
  for (const [given, ...words] of cases) {
    test((JSON.stringify(given) ?? "nothing").slice(0, 60), () => {
      const reading = read(given);
      if (reading.ok) throw new Error("It was taken.");
      expect(reading.error).toStartWith("bizar_test takes instanceId, timeoutMs, all. ");
      expect(reading.error.length).toBeLessThan(400);
      for (const word of words) expect(reading.error).toContain(word);
    });
  }
});
