import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { PlanSettingsFile } from "../../src/store/plan-settings.ts";
import { temporaryFolder } from "../temporary-folder.ts";

function settings(text?: string): { file: PlanSettingsFile; stateDir: string; reports: string[] } {
  const stateDir = `${temporaryFolder()}/state`;
  if (text !== undefined) {
    mkdirSync(stateDir);
    writeFileSync(`${stateDir}/plan-settings.json`, text);
  }
  const reports: string[] = [];
  return { file: new PlanSettingsFile(stateDir, (message) => void reports.push(message)), stateDir, reports };
}

test("visual plans are off until the user turns them on, and stay on for another process", async () => {
  const { file, stateDir } = settings();
  expect(await file.read()).toEqual({ visualPlan: false });
  await file.change({ visualPlan: true });
  expect(await new PlanSettingsFile(stateDir, () => undefined).read()).toEqual({ visualPlan: true });
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

for (const text of ["{ oops", "null", "[1]"]) {
  test(`a file that holds no settings is told of once, and keeps its content under another name: ${text}`, async () => {
    const { file, stateDir, reports } = settings(text);
    await file.read();
    await file.read();
    expect(reports).toEqual([expect.stringContaining(`${file.path} holds no settings`)]);
    // It may be half of what somebody is writing in an editor.
    expect(readFileSync(file.path, "utf8")).toBe(text);
    await file.change({ visualPlan: true });
    await file.change({ visualPlan: false });
    const [, aside = "", ...more] = readdirSync(stateDir).toSorted();
    expect(more).toEqual([]);
    expect(aside).toMatch(/^plan-settings\.json\.corrupt-\d{13}$/);
    expect(readFileSync(`${stateDir}/${aside}`, "utf8")).toBe(text);
    expect(reports.slice(1)).toEqual([expect.stringContaining(`moved to ${stateDir}/${aside}`)]);
  });
}

test("settings that cannot be read are not replaced", async () => {
  const { file, stateDir, reports } = settings();
  mkdirSync(file.path, { recursive: true });
  expect(await file.read()).toEqual({ visualPlan: false });
  expect(await file.change({ visualPlan: true }).catch((error: unknown) => error)).toMatchObject({ code: "EISDIR" });
  expect(readdirSync(stateDir)).toEqual(["plan-settings.json"]);
  expect(reports).toEqual([expect.stringContaining("EISDIR")]);
});

test("keys that nobody knows stay", async () => {
  const { file } = settings('{"theme":{"dark":true}}');
  await file.change({ visualPlan: true });
  expect(JSON.parse(readFileSync(file.path, "utf8"))).toEqual({ theme: { dark: true }, visualPlan: true });
});

test("a write that the disk refuses is no success", async () => {
  const folder = temporaryFolder();
  writeFileSync(`${folder}/state`, "a file in the folder's place");
  const file = new PlanSettingsFile(`${folder}/state`, () => undefined);
  expect(await file.change({ visualPlan: true }).catch((error: unknown) => error)).toBeInstanceOf(Error);
  expect(await file.read()).toEqual({ visualPlan: false });
});
