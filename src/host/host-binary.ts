import { basename } from "node:path";

/**
 * The binary that background agents run: the host's own, so that an agent is exactly the host's version. Inside
 * opencode `process.execPath` is that binary.
 */
export function hostBinary(configured: string | null, execPath: string = process.execPath): string {
  if (configured !== null) return configured;
  // The plugin loaded by a plain Bun, as in a test of the package: the opencode on the path is the next best.
  return /^(bun|node)(\.exe)?$/.test(basename(execPath)) ? "opencode" : execPath;
}
