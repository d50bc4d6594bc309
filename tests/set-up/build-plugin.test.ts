import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildApart } from "../../scripts/build/build-apart.ts";
import { isPluginBuilt, PLUGIN_TARGET } from "../../scripts/build/build-plugin.ts";
import { firstLoadOf } from "../../scripts/build/first-load.ts";

const ROOT = join(import.meta.dir, "../..");
const TARGET = join(ROOT, PLUGIN_TARGET);
/** What only the library of schemas says. */
const OF_SCHEMAS = "ZodMini";

beforeAll(async () => {
  if (!(await isPluginBuilt(ROOT))) await buildApart(ROOT);
}, 60_000);

// opencode waits for these files at its start, and each agent of the process backend is such a start.
test.each([
  ["host-plugin", 415_000],
  ["agent-plugin", 255_000],
  ["server-plugin", 235_000],
  ["probe-plugin", 40_000],
])("before opencode has the hooks of %s it reads less than %d bytes", async (role, limit) => {
  const files = await firstLoadOf(TARGET, role);
  expect(files.map(({ name }) => name)).toContain("index.js");
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(limit);
  const withSchemas = files.filter(({ name }) => readFileSync(join(TARGET, name), "utf8").includes(OF_SCHEMAS));
  expect(withSchemas.length).toBe(role === "host-plugin" ? 1 : 0);
});
