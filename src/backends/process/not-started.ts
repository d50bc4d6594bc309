import { describeError } from "../../lib/describe-error.ts";
import { isCode } from "../../lib/is-code.ts";

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

function sentence(error: Error): string {
  return `${describeError(error).replace(/\.$/, "")}.`;
}
