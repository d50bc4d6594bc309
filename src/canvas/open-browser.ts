import { spawn } from "node:child_process";
import { once } from "node:events";

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
 * Settles when the browser's program has been started. What it prints is seen by nobody: it must not get onto the
 * host's screen.
 *
 * @throws Error when it cannot be started
 */
export async function openBrowser(browser: Exclude<Browser, { kind: "none" }>, url: string): Promise<void> {
  if (browser.kind === "system") {
    const { default: open } = await import("open");
    await open(url);
    return;
  }
  const [program = "", ...words] = browser.command;
  const filled = words.map((word) => word.replaceAll("%s", () => url));
  const child = spawn(program, words.some((word) => word.includes("%s")) ? filled : [...words, url], {
    stdio: "ignore",
    detached: true,
  });
  await once(child, "spawn");
  child.unref();
}
