import { chromium, type Browser } from "playwright-core";
import { BROWSER_HINT, findChromium } from "../set-up/browser.ts";
import { thisMachine } from "../set-up/debian-packages.ts";

/**
 * What Chromium 156 would load hundreds of files for with each window, of its own address bar, which is not there. The
 * last such switch counts alone: what Playwright 1.65 turns off is turned off here too.
 */
const FEATURES_OFF = [
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxPopup",
  "WebUIOmniboxFullPopup",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/** Chromium talks to nobody but the page, asks nothing, and draws without a graphics card. */
const ARGUMENTS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${FEATURES_OFF.join(",")}`,
];

/**
 * A headless browser of the machine's own Chromium, with a profile that is gone with it. Whoever launches it closes it.
 *
 * @throws Error that says what to install where there is none
 */
export async function launchBrowser(): Promise<Browser> {
  const machine = thisMachine();
  const executablePath = findChromium(machine);
  if (executablePath === undefined) throw new Error(BROWSER_HINT);
  // Chromium has no sandbox for root.
  const args = machine.isRoot ? [...ARGUMENTS, "--no-sandbox"] : ARGUMENTS;
  return await chromium.launch({ executablePath, args, headless: true });
}
