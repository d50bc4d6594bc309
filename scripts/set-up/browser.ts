import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { runQuietly } from "./run-quietly.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"];

/** What a machine without a browser needs. */
export const BROWSER_HINT =
  "The browser tests need Chromium or Chrome. Install one (Debian: `apt-get install chromium`; macOS: " +
  "`brew install --cask google-chrome`), or set BIZAR_CHROMIUM to the path of its program.";

/** The machine, as far as finding and installing a browser goes. */
export interface BrowserMachine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function thisMachine(): BrowserMachine {
  return { platform: process.platform, isRoot: process.getuid?.() === 0, environment: process.env };
}

/** The path of a Chromium or Chrome that runs; `undefined` where there is none. */
export function findChromium({ platform, environment }: BrowserMachine): string | undefined {
  const chosen = environment["BIZAR_CHROMIUM"] ?? "";
  if (chosen !== "") return runs(chosen) ? chosen : undefined;
  const found = NAMES.flatMap((name) => which(name, environment) ?? []);
  const folders = platform === "darwin" ? ["/Applications", join(homedir(), "Applications")] : [];
  const apps = folders.flatMap((folder) => MAC_APPS.map((app) => join(folder, app)));
  return [...found, ...apps].find(runs);
}

/**
 * Installs Debian's Chromium where the machine lets us: quietly, and without a question.
 *
 * @returns whether it did; where it may not, nothing was tried
 * @throws Error with what the package manager said
 */
export async function installChromium(machine: BrowserMachine): Promise<boolean> {
  const aptGet = which("apt-get", machine.environment);
  const asRoot = rootCommand(machine);
  if (machine.platform !== "linux" || aptGet === null || asRoot === undefined) return false;
  const quietly = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", aptGet, "-o", "DPkg::Lock::Timeout=120"];
  await runQuietly([...quietly, "update"], "/");
  // Without a font every letter of a screenshot is a box.
  await runQuietly([...quietly, "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"], "/");
  return true;
}

/** What goes before a command that root has to run; `undefined` where a password would be asked for. */
function rootCommand({ isRoot, environment }: BrowserMachine): string[] | undefined {
  if (isRoot) return [];
  const sudo = which("sudo", environment);
  if (sudo === null || spawnSync(sudo, ["-n", "true"], { stdio: "ignore" }).status !== 0) return undefined;
  return [sudo, "-n"];
}

/** Ubuntu has a `chromium-browser` that only says where to get one. */
function runs(path: string): boolean {
  return spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}

function which(name: string, environment: BrowserMachine["environment"]): string | null {
  return Bun.which(name, { PATH: environment["PATH"] ?? "" });
}
