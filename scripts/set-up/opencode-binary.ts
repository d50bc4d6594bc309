import { statSync } from "node:fs";
import { join } from "node:path";
import { runQuietly } from "./run-quietly.ts";

/** opencode-ai comes with a script of some 500 bytes in the place of its binary; its postinstall puts the binary there. */
const SMALLEST_BINARY_BYTES = 1_000_000;

/** Whether the real binary of opencode is in its place. */
export function isOpencodeComplete(root: string): boolean {
  const found = statSync(join(root, "node_modules/opencode-ai/bin/opencode.exe"), { throwIfNoEntry: false });
  return found !== undefined && found.size > SMALLEST_BINARY_BYTES;
}

/** Runs opencode's postinstall: it looks for the package of this platform and links its binary. */
export async function finishOpencode(root: string): Promise<void> {
  await runQuietly(["node", "postinstall.mjs"], join(root, "node_modules/opencode-ai"));
}
