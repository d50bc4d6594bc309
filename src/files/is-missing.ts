/** Whether an error of `node:fs` says that a file, or a folder above it, is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
