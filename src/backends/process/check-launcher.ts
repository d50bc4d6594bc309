import { randomBytes } from "node:crypto";
import { describeError } from "../../lib/describe-error.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { PlaceCheck } from "../place-check.ts";
import { AS_SCRIPT, HOME_FOR_TILDE } from "./launch-script.ts";
import { launchLine, type Launcher } from "./launcher.ts";
import { adviceOnExit } from "./not-started.ts";
import { runLimited } from "./run-limited.ts";

const BYTES = 100_000;
const SCRIPT = [
  `oc=; for c in "$1" opencode "$HOME/.opencode/bin/opencode"; do command -v "$c" >/dev/null 2>&1 && { oc=$c; break; }; done`,
  `say() { printf 'bizar:%s:%s\\n' "$1" "$2" >&2; }`,
  `say reached "$(uname -n)"`,
  `[ -n "$oc" ] && say opencode "$("$oc" --version 2>/dev/null </dev/null)"`,
  `say git "$(git --version 2>/dev/null)"`,
  HOME_FOR_TILDE,
  `[ -z "$d" ] || [ -d "$d" ] && say folder "\${d:-none is needed}"`,
  `exec cat`,
].join("; ");

/**
 * Looks at what a launcher leads to: it runs a few lines of `sh` there, which give back what they are sent.
 *
 * @param version of opencode here
 */
export async function checkLauncher(
  launcher: Launcher,
  { binary, version, directory, limitMs }: CheckRequest,
): Promise<PlaceCheck[]> {
  const folder = launcher.directory ?? (launcher.files === "shared" ? directory : "");
  const line = launchLine(launcher, "bizar-doctor", ["sh", "-c", SCRIPT, "bizar", binary, folder]);
  const sent = Buffer.from(`${AS_SCRIPT.head}${randomBytes(BYTES).toString("base64")}`);
  try {
    const settings = { environment: process.env, stdin: sent, limitMs, clock: systemClock };
    const { stdout: back, stderr: words, exitCode, how } = await runLimited(line, settings);
    const said = new Map([...words.matchAll(/^bizar:(\w+):(.*)$/gm)].map(([, name = "", text = ""]) => [name, text]));
    const last = words.trim().split("\n").at(-1) ?? "";
    if (!said.has("reached")) {
      const what = `${line[0]} did not get there: it ${how}. ${last === "" ? "It said nothing." : `Its words: "${last}".`}`;
      return [failed("reached", `${what} ${adviceOnExit(exitCode)}`)];
    }
    return [
      found("reached", said.get("reached") ?? ""),
      sameVersion(said.get("opencode"), version),
      said.get("git") || launcher.files === "shared"
        ? found("git", said.get("git") || "none, and none is needed")
        : failed("git", `not there: files "git" needs it. Install it there`),
      said.has("folder")
        ? found("folder", said.get("folder") ?? "")
        : launcher.files === "git"
          ? found("folder", `${folder} is made`)
          : failed("folder", `${folder} is not there: share it, name it as "directory", or use files "git"`),
      Buffer.from(back).includes(sent)
        ? found("a file there and back", `${sent.length} bytes`)
        : failed(
            "a file there and back",
            `${back.length} of ${sent.length} bytes came back: stdin has to reach the command`,
          ),
    ];
  } catch (error) {
    return [failed("reached", `${line[0]} could not be started: ${describeError(error)}`)];
  }
}

export interface CheckRequest {
  readonly binary: string;
  /** Of opencode here. */
  readonly version: string;
  /** The caller's. */
  readonly directory: string;
  readonly limitMs: number;
}

function sameVersion(there: string | undefined, here: string): PlaceCheck {
  if (!there) return failed("opencode", "not there: install it, in PATH or in ~/.opencode/bin");
  return there === here
    ? found("opencode", there)
    : failed("opencode", `${there}, and here ${here}: update one of them`);
}

function found(what: string, words: string): PlaceCheck {
  return { what, isGood: true, words };
}

function failed(what: string, words: string): PlaceCheck {
  return { what, isGood: false, words };
}
