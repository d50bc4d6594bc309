import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { PlanSettingsFile } from "../../src/store/plan-settings.ts";
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
  expect(await file.read()).toEqual({ visualPlan: false });
  await file.change({ visualPlan: true });
  expect(await new PlanSettingsFile(stateDir).read()).toEqual({ visualPlan: true });
  expect([statSync(stateDir).mode & 0o777, statSync(file.path).mode & 0o777]).toEqual([0o700, 0o600]);
  expect(readdirSync(stateDir)).toEqual(["plan-settings.json"]);
});

for (const text of ["", "{", "null", "[]", '{"visualPlan":"maybe"}', '{"visualPlan":"on"}']) {
  test(`settings that are wrong are the defaults, and can be set: ${text}`, async () => {
    const { file } = settings(text);
    expect(await file.read()).toEqual({ visualPlan: false });
    await file.change({ visualPlan: true });
    expect(await file.read()).toEqual({ visualPlan: true });
  });
}

test("keys that nobody knows stay", async () => {
  const { file } = settings('{"theme":{"dark":true}}');
  await file.change({ visualPlan: true });
  expect(JSON.parse(readFileSync(file.path, "utf8"))).toEqual({ theme: { dark: true }, visualPlan: true });
});

test("a write that the disk refuses is no success", async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/state`, "a file in the folder's place");
  const file = new PlanSettingsFile(`${folder}/state`);
  expect(await file.change({ visualPlan: true }).catch((error: unknown) => error)).toBeInstanceOf(Error);
  expect(await file.read()).toEqual({ visualPlan: false });
});
