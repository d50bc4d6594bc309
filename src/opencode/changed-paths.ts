import { isText, shape } from "../lib/shape.ts";
import { CHANGING_FILES, PATCHES } from "./tool-names.ts";

const hasPath = shape({ filePath: isText });
const hasPatch = shape({ patchText: isText });
/** How a line of a patch begins that names a file which it changes; the name may follow without a blank (1.18.33). */
export const PATCH_HEADERS = ["*** Add File:", "*** Update File:", "*** Delete File:", "*** Move to:"];

/** The files that a call of opencode's own tools would change, as its arguments name them. */
export function changedPaths(tool: string, args: unknown): string[] {
  if (PATCHES.includes(tool)) return hasPatch(args) ? patchedPaths(args.patchText) : [];
  return CHANGING_FILES.includes(tool) && hasPath(args) ? [args.filePath] : [];
}

/** Cut into lines and trimmed as opencode does (1.18.33): for it, U+2028 is no new line but a blank. */
function patchedPaths(patch: string): string[] {
  return patch.split("\n").flatMap((line) => {
    const header = PATCH_HEADERS.find((start) => line.startsWith(start));
    return header === undefined ? [] : [line.slice(header.length).trim()];
  });
}
