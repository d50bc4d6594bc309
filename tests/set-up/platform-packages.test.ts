import { afterEach, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../scripts/set-up/machine.ts";
import { missingPlatformPackages, packagesFor } from "../../scripts/set-up/platform-packages.ts";

const MAC: Machine = { os: "darwin", cpu: "arm64", libc: null };
const LINUX: Machine = { os: "linux", cpu: "x64", libc: "glibc" };
const ALPINE: Machine = { os: "linux", cpu: "x64", libc: "musl" };

const opencode = [
  "opencode-linux-x64",
  "opencode-linux-arm64",
  "opencode-darwin-x64-baseline",
  "opencode-darwin-arm64",
  "opencode-windows-x64",
  "opencode-linux-x64-baseline",
  "opencode-linux-x64-musl",
  "opencode-linux-x64-baseline-musl",
];
const oxlint = [
  "@oxlint/binding-darwin-arm64",
  "@oxlint/binding-linux-x64-gnu",
  "@oxlint/binding-linux-x64-musl",
  "@oxlint/binding-linux-arm-gnueabihf",
  "@oxlint/binding-win32-x64-msvc",
];
const tsgolint = ["@oxlint-tsgolint/darwin-arm64", "@oxlint-tsgolint/linux-x64", "@oxlint-tsgolint/win32-x64"];

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const needs: { machine: Machine; names: string[]; wanted: string[] }[] = [
  { machine: MAC, names: opencode, wanted: ["opencode-darwin-arm64"] },
  { machine: LINUX, names: opencode, wanted: ["opencode-linux-x64"] },
  { machine: ALPINE, names: opencode, wanted: ["opencode-linux-x64-musl"] },
  { machine: MAC, names: oxlint, wanted: ["@oxlint/binding-darwin-arm64"] },
  { machine: LINUX, names: oxlint, wanted: ["@oxlint/binding-linux-x64-gnu"] },
  { machine: ALPINE, names: oxlint, wanted: ["@oxlint/binding-linux-x64-musl"] },
  { machine: MAC, names: tsgolint, wanted: ["@oxlint-tsgolint/darwin-arm64"] },
  { machine: ALPINE, names: tsgolint, wanted: ["@oxlint-tsgolint/linux-x64"] },
  { machine: MAC, names: ["fsevents", "bufferutil"], wanted: [] },
];
test.each(needs)("$machine.os/$machine.cpu/$machine.libc needs $wanted", ({ machine, names, wanted }) => {
  expect(packagesFor(machine, names)).toEqual(wanted);
});

test("a native package that is absent, or left from another version, is missing; one that is there is not", async () => {
  const modules = await mkdtemp(join(tmpdir(), "bizar-modules-"));
  folders.push(modules);
  const optionalDependencies = { "@tool/darwin-arm64": "1.0.0", "@tool/linux-x64": "1.0.0" };
  await writePackage(modules, { name: "tool", version: "1.0.0", optionalDependencies });
  await writePackage(modules, { name: "fine", optionalDependencies: { "fine-darwin-arm64": "2.0.0" } });
  await writePackage(modules, { name: "fine-darwin-arm64", version: "2.0.0" });
  await writePackage(modules, { name: "@old/one", optionalDependencies: { "old-darwin-arm64": "2.0.0" } });
  await writePackage(modules, { name: "old-darwin-arm64", version: "1.9.0" });
  const missing = await missingPlatformPackages(modules, MAC);
  expect(missing.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
    { name: "@tool/darwin-arm64", version: "1.0.0", owner: "tool" },
    { name: "old-darwin-arm64", version: "2.0.0", owner: "@old/one" },
  ]);
});

async function writePackage(modules: string, manifest: { name: string } & Record<string, unknown>): Promise<void> {
  const folder = join(modules, manifest.name);
  await mkdir(folder, { recursive: true });
  await Bun.write(join(folder, "package.json"), JSON.stringify(manifest));
}
