import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { installDebianPackages, which, type ProgramMachine } from "./debian-packages.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_APPS = ["Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome"];
const FIREFOX_NAMES = ["firefox-esr", "firefox"];
const FIREFOX_MAC_APPS = ["Firefox.app/Contents/MacOS/firefox"];

/** What a machine without a browser needs. */
export const BROWSER_HINT =
  "The browser tests need Chromium or Chrome. Install one (Debian: `apt-get install chromium`; macOS: " +
  "`brew install --cask google-chrome`), or set BIZAR_CHROMIUM to the path of its program.";

/** What a machine without Firefox needs. */
export const FIREFOX_HINT =
  "One test needs Firefox as well. Install it (Debian: `apt-get install firefox-esr`; macOS: " +
  "`brew install --cask firefox`); without it that test is left out.";

/** The path of a Chromium or Chrome that runs; `undefined` where there is none. */
export function findChromium(machine: ProgramMachine): string | undefined {
  const chosen = machine.environment["BIZAR_CHROMIUM"] ?? "";
  if (chosen !== "") return runs(chosen) ? chosen : undefined;
  return findBrowser(machine, NAMES, MAC_APPS);
}

/** The path of a Firefox that runs; `undefined` where there is none. */
export function findFirefox(machine: ProgramMachine): string | undefined {
  return findBrowser(machine, FIREFOX_NAMES, FIREFOX_MAC_APPS);
}

function findBrowser(
  { platform, environment }: ProgramMachine,
  names: readonly string[],
  macApps: readonly string[],
): string | undefined {
  const found = names.flatMap((name) => which(name, environment) ?? []);
  const folders = platform === "darwin" ? ["/Applications", join(homedir(), "Applications")] : [];
  const apps = folders.flatMap((folder) => macApps.map((app) => join(folder, app)));
  return [...found, ...apps].find(runs);
}

/**
 * Installs Debian's Chromium where the machine lets us: quietly, and without a question.
 *
 * @returns whether it did; where it may not, nothing was tried
 * @throws Error with what the package manager said
 */
export async function installChromium(machine: ProgramMachine): Promise<boolean> {
  // Without a font every letter of a screenshot is a box.
  return await installDebianPackages(machine, ["chromium", "fonts-liberation"]);
}

/** The same of Debian's Firefox. */
export async function installFirefox(machine: ProgramMachine): Promise<boolean> {
  return await installDebianPackages(machine, ["firefox-esr"]);
}

/** Ubuntu has a `chromium-browser` that only says where to get one. */
function runs(path: string): boolean {
  return spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}
