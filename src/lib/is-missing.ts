import { isCode } from "./is-code.ts";

/** Whether an error of `node:fs` says that a file, or a folder above it, is not there. */
export function isMissing(error: unknown): boolean {
  return isCode(error, "ENOENT");
}
