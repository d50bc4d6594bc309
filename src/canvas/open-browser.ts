import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** How to show a person a page on this machine, or why that cannot be done. */
export type Browser =
  | { readonly kind: "none"; readonly why: string }
  /** The program that `BROWSER` names: editors that run elsewhere set it to one that opens the page at the user's. */
  | { readonly kind: "command"; readonly command: readonly string[] }
  /** What the system opens links with. */
  | { readonly kind: "system" };

/** Which browser there is. */
export function findBrowser(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Browser {
  const isSet = (name: string) => (environment[name] ?? "") !== "";
  if (isSet("CI") && environment["CI"] !== "false") return { kind: "none", why: "Nobody looks on in CI." };
  const chosen = environment["BROWSER"]?.split(":")[0]?.trim() ?? "";
  if (chosen === "none") return { kind: "none", why: "BROWSER is set to none." };
  if (chosen !== "") return { kind: "command", command: chosen.split(/\s+/) };
  if (isSet("SSH_CONNECTION")) return { kind: "none", why: "This machine is reached over SSH." };
  const hasScreen = ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].some(isSet);
  if (platform === "linux" && !hasScreen) return { kind: "none", why: "This machine has no screen." };
  return { kind: "system" };
}

/**
 * What the browser's program may be given, where every user of the machine can read it: an address with a key, where
 * Linux tells whose process a connection is, or a file that only the user can read. A browser of Windows, around WSL,
 * connects as nobody whom Linux knows.
 */
export function wayIn(
  browser: Exclude<Browser, { kind: "none" }>,
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): "key" | "file" {
  if (platform !== "linux") return "file";
  return browser.kind === "system" && (environment["WSL_DISTRO_NAME"] ?? "") !== "" ? "file" : "key";
}

/**
 * Settles when the browser's program has been started. What it prints is seen by nobody: it must not get onto the
 * host's screen.
 *
 * @param url stands in the arguments of a process: it must hold no secret
 * @returns the process that was started
 * @throws Error when it cannot be started
 */
export async function openBrowser(
  browser: Exclude<Browser, { kind: "none" }>,
  url: string,
): Promise<number | undefined> {
  if (browser.kind === "system") return await openWithSystem(url);
  const [program = "", ...words] = browser.command;
  const filled = words.map((word) => word.replaceAll("%s", () => url));
  const child = spawn(program, words.some((word) => word.includes("%s")) ? filled : [...words, url], {
    stdio: "ignore",
    detached: true,
  });
  await once(child, "spawn");
  child.unref();
  return child.pid;
}

async function openWithSystem(url: string): Promise<number | undefined> {
  const { apps, default: open } = await import("open");
  // A path, so that WSL can turn it into one of Windows.
  const target = url.startsWith("file:") ? fileURLToPath(url) : url;
  if (target === url || process.platform !== "darwin") {
    return (await open(target)).pid;
  }
  // On a Mac whose files open in an editor, its links still open in a browser.
  const inBrowser = open(target, { app: { name: apps.browser } });
  return (await inBrowser.catch(async () => await open(target))).pid;
}
