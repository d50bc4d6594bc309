import { afterAll, beforeAll, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder.ts";
import { packAndInstall, type PackedPackage } from "./packed-package.ts";

let pack: PackedPackage;
beforeAll(async () => {
  pack = await packAndInstall();
}, 180_000);
afterAll(async () => await pack.dispose());

test("the installed package has the command, and it runs by its name", async () => {
  const command = join(dirname(pack.installed), ".bin/opencode-bizar");
  const env = {
    ...process.env,
    PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
    BIZAR_STATE_DIR: temporaryFolder(),
  };
  const child = Bun.spawn([command, "ps", "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  expect([await child.exited, stdout, stderr]).toEqual([0, "[]\n", ""]);
}, 20_000);
