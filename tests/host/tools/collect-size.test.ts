import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "../../../src/supervisor/instance.ts";
import { assistantMessage, userMessage } from "../fake-client.ts";
import { sampleId, sampleInstance } from "../../supervisor/sample-instance.ts";
import { createToolRig, recordOf } from "../tool-rig.ts";

const awkward = '"quote" \\ and\n\u0001 emoji 👍\t'.repeat(8000);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bizar-collect-"));
});
afterAll(async () => await rm(folder, { recursive: true }));

/** A rig with ended agents of another opencode, each with this result on disk. */
async function rigWithResults(count: number, text: string, given: Partial<Instance> = {}) {
  const rig = createToolRig(8, {}, undefined, folder);
  for (let each = 0; each < count; each++) {
    const instance = sampleInstance("done", { instanceId: sampleId(each), resultPreview: text.slice(-200), ...given });
    const record = recordOf(instance);
    rig.foreign.set(record.instanceId, record);
    await writeFile(join(folder, `${record.instanceId}.result.md`), text);
  }
  return { rig, instanceIds: [...rig.foreign.keys()] };
}

describe("an answer is whole JSON of at most 40 000 bytes", () => {
  test("one result of 200 KB is cut, and its file has it all", async () => {
    const { rig, instanceIds } = await rigWithResults(1, awkward);
    const { output, value } = await rig.call("collect", { instanceId: instanceIds[0] });
    expect(Buffer.byteLength(output)).toBeWithin(38_000, 40_001);
    expect(value.truncated).toBe(true);
    expect(awkward).toStartWith(value.result);
    expect(value.result.isWellFormed()).toBe(true);
    expect(await Bun.file(value.resultPath).text()).toBe(awkward);
  });

  test("what was refused and done is told as far as its share goes, beside 200 KB of each", async () => {
    const { progress } = sampleInstance("done");
    const changedFiles = Array.from({ length: 30 }, (_, each) => `${each}${"\u0001".repeat(200)}`);
    const lastCalls = changedFiles.slice(0, 5);
    const refused = Array.from({ length: 20 }, (_, each) => `bash: ${each} ${"\u0001".repeat(110)}`);
    const { rig, instanceIds } = await rigWithResults(32, awkward, {
      state: sampleInstance("failed").state,
      progress: { ...progress, refused, changedFiles, moreChangedFiles: 9, lastCalls },
    });
    const { output, value } = await rig.call("collect", { instanceIds });
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    for (const { refused: told = [] } of value) expect(refused).toEqual(expect.arrayContaining(told));
    const alone = await rig.call("collect", { instanceId: instanceIds[0] });
    expect(alone.value.refused.length).toBeGreaterThan(5);
    const { changedFiles: shown, moreChangedFiles, lastCalls: last } = alone.value;
    expect(shown.length + moreChangedFiles).toBe(39);
    expect(last.at(-1)).toBe(lastCalls.at(-1));
  });

  test("32 results of 200 KB share it", async () => {
    const { rig, instanceIds } = await rigWithResults(32, awkward);
    const { output, value } = await rig.call("collect", { instanceIds });
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    expect(value).toHaveLength(32);
    for (const each of value)
      expect(each).toMatchObject({ status: "done", truncated: true, resultPath: expect.any(String) });
  });

  test("32 errors without end do too", async () => {
    const { state } = sampleInstance("failed");
    const failed = { state: { ...state, error: "\u001b[31m错误\n".repeat(20_000) } as Instance["state"] };
    const { rig, instanceIds } = await rigWithResults(32, awkward, failed);
    const { output, value } = await rig.call("collect", { instanceIds });
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(40_000);
    expect(value).toHaveLength(32);
    for (const each of value) expect(each.error).toContain("错误");
  });

  test("a short result is not cut", async () => {
    const { rig, instanceIds } = await rigWithResults(3, "Found it. 👍");
    const { value } = await rig.call("collect", { instanceIds });
    for (const each of value) expect(each.result).toBe("Found it. 👍");
    expect(JSON.stringify(value)).not.toContain("truncated");
  });
});

describe("the scope of a result", () => {
  const turns = sampleInstance("done").turns.flatMap((turn) => [turn, { ...turn, kind: "follow_up" as const }]);
  const messages = [userMessage(), assistantMessage({}, "first"), userMessage(), assistantMessage({}, "second")];

  test("is the last turn", async () => {
    const { rig, instanceIds } = await rigWithResults(1, "second", { turns });
    rig.fake.transcript = messages;
    expect((await rig.call("collect", { instanceId: instanceIds[0] })).value.result).toBe("second");
  });

  test("or all turns, as the session has them", async () => {
    const { rig, instanceIds } = await rigWithResults(1, "second", { turns });
    rig.fake.transcript = messages;
    const { value } = await rig.call("collect", { instanceId: instanceIds[0], scope: "all" });
    expect(value.result).toBe("first\n\nsecond");
  });

  test("all of a single turn needs no session", async () => {
    const { rig, instanceIds } = await rigWithResults(1, "only");
    expect((await rig.call("collect", { instanceId: instanceIds[0], scope: "all" })).value.result).toBe("only");
  });
});

test("a result file that has gone is an error, not a throw", async () => {
  const { rig, instanceIds } = await rigWithResults(1, "Found it.");
  await rm(join(folder, `${instanceIds[0]}.result.md`));
  expect((await rig.call("collect", { instanceId: instanceIds[0] })).value.error).toContain("ENOENT");
});
