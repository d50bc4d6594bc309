import { describeError } from "../../lib/describe-error.ts";
import { isCode } from "../../lib/is-code.ts";
import { AS_SCRIPT, NO_STDIN } from "./launch-script.ts";

/** Why opencode could not be started here, in words. */
export function notStarted(error: Error, binary: string, directory: string): string {
  const what = `opencode could not be started as ${binary} in ${directory}`;
  const isFull = isCode(error, "EMFILE", "ENFILE", "EAGAIN", "ENOMEM");
  const check = isFull ? "" : ` Check that both exist, or set the option "opencodeBinary".`;
  return `${what}: ${sentence(error)}${check}`;
}

/** Why the launcher of a place could not be started, in words. */
export function notLaunched(error: Error, program: string, on: string): string {
  return `The launcher of ${on}, ${program}, could not be started: ${sentence(error)} Install it here, or mend the option "launchers".`;
}

/** What an exit before anything has begun at a place elsewhere tells, and what to do. */
export function adviceOnExit(exitCode: number | null): string {
  if (exitCode === AS_SCRIPT.exitCode) {
    return (
      `A shell there took stdin for its script: the command did not reach it whole. Let the launcher's "command" end in ` +
      `the "-c" of that shell, or put {command} where its text is to stand.`
    );
  }
  if (exitCode === NO_STDIN) {
    return `Nothing came over stdin there: the launcher has to hand it on, as docker does with "-i", and ssh without "-n".`;
  }
  return `Mend that, or see option "launchers".`;
}

function sentence(error: Error): string {
  return `${describeError(error).replace(/\.$/, "")}.`;
}
