import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { PlanSettingsFile } from "../../src/plans/plan-settings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function settings(text?: string): { file: PlanSettingsFile; stateDir: string } {
  const stateDir = `${temporaryFolder()}/state`;
  if (text !== undefined) {
    mkdirSync(stateDir);
    writeFileSync(`${stateDir}/plan-settings.json`, text);
  }
  return { file: new PlanSettingsFile(stateDir), stateDir };
}

test("visual plans are off until the user turns them on, and stay on for another process", async () => {
  const { file, stateDir } = settings();
  expect(await file.read()).toEqual({ visualPlan: "off" });
  expect(await file.write({ visualPlan: "on" })).toEqual({ visualPlan: "on" });
  expect(await new PlanSettingsFile(stateDir).read()).toEqual({ visualPlan: "on" });
  expect([statSync(stateDir).mode & 0o777, statSync(file.path).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readdirSync(stateDir)).toEqual(["plan-settings.json"]);
});

for (const text of ["", "{", "null", "[]", '{"visualPlan":"maybe"}', '{"visualPlan":true}']) {
  test(`settings that are wrong are the defaults, and can be set: ${text}`, async () => {
    const { file } = settings(text);
    expect(await file.read()).toEqual({ visualPlan: "off" });
    expect(await file.write({ visualPlan: "on" })).toEqual({ visualPlan: "on" });
    expect(await file.read()).toEqual({ visualPlan: "on" });
  });
}

test("keys that nobody knows stay, but for __proto__", async () => {
  const { file } = settings('{"theme":{"dark":true},"__proto__":{"polluted":1}}');
  await file.write({ visualPlan: "on" });
  expect(JSON.parse(readFileSync(file.path, "utf8"))).toEqual({ theme: { dark: true }, visualPlan: "on" });
});

test("two writes at once both hold", async () => {
  const { file } = settings();
  await Promise.all([file.write({ visualPlan: "on" }), file.write({}), file.write({})]);
  expect(await file.read()).toEqual({ visualPlan: "on" });
});

test("a write that the disk refuses is no success", async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/state`, "a file in the folder's place");
  const file = new PlanSettingsFile(`${folder}/state`);
  expect(file.write({ visualPlan: "on" })).rejects.toThrow();
  expect(await file.read()).toEqual({ visualPlan: "off" });
});
