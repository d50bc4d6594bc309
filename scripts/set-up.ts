import { join } from "node:path";
import { buildApart } from "./build/build-apart.ts";
import {
  BROWSER_HINT,
  findChromium,
  findFirefox,
  FIREFOX_HINT,
  installChromium,
  installFirefox,
} from "./set-up/browser.ts";
import { thisMachine } from "./set-up/debian-packages.ts";
import { installDependencies } from "./set-up/install-dependencies.ts";
import { currentMachine } from "./set-up/machine.ts";
import { finishOpencode, isOpencodeComplete } from "./set-up/opencode-binary.ts";
import { installPlatformPackages, missingPlatformPackages } from "./set-up/platform-packages.ts";

// Runs before every command, on a checkout where nothing is installed yet: it imports nothing but Node's own modules.
// With `--browser` it also sees to a Chromium, with `--firefox` to a Firefox.

const BUN_VERSION = "1.3.14";
const root = join(import.meta.dir, "..");
const startedAt = performance.now();

if (process.platform === "win32") fail("Bizar runs on Linux and macOS. On Windows, run this inside WSL.");
if (Bun.version !== BUN_VERSION) {
  console.error(
    `note: this is Bun ${Bun.version}; Bizar is made for ${BUN_VERSION}: npx --yes bun@${BUN_VERSION} run …`,
  );
}
const isFirst = !isOpencodeComplete(root);
if (isFirst) console.error("Setting up: dependencies and opencode (about 300 MB the first time) …");

try {
  await installDependencies(root);
  const missing = await missingPlatformPackages(join(root, "node_modules"), currentMachine());
  // opencode may have got its binary from its own postinstall already, which keeps no package of it.
  const needed = missing.filter(({ owner }) => owner !== "opencode-ai" || !isOpencodeComplete(root));
  if (needed.length > 0) await installPlatformPackages(join(root, "node_modules"), needed);
  if (!isOpencodeComplete(root)) await finishOpencode(root);
  await buildApart(root);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
const machine = thisMachine();
// Only what needs a browser fails without one, and then says the same.
if (process.argv.includes("--browser")) {
  await seeTo(
    "Chromium",
    () => findChromium(machine),
    async () => await installChromium(machine),
    BROWSER_HINT,
  );
}
if (process.argv.includes("--firefox")) {
  await seeTo(
    "Firefox",
    () => findFirefox(machine),
    async () => await installFirefox(machine),
    FIREFOX_HINT,
  );
}
if (isFirst) console.error(`Set up in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.\n`);

async function seeTo(
  name: string,
  find: () => string | undefined,
  install: () => Promise<boolean>,
  hint: string,
): Promise<void> {
  if (find() !== undefined) return;
  try {
    if (process.platform === "linux") console.error(`Looking for a way to install ${name} (about 100 MB) …`);
    await install();
  } catch (error) {
    console.error(`${name} could not be installed. ${error instanceof Error ? error.message : String(error)}`);
  }
  if (find() === undefined) console.error(`note: ${hint}`);
}

function fail(message: string): never {
  console.error(`Set-up failed. ${message}`);
  process.exit(1);
}
