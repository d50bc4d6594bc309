import { relative, resolve } from "node:path";
import { isText, shape } from "../../shape.ts";

const hasPath = shape({ filePath: isText });
const hasPatch = shape({ patchText: isText });
/** How a patch names the files that it changes. */
const PATCHED = /^\*\*\* (?:Add File|Update File|Delete File|Move to): (.+)$/gm;
const PLAN_FILE = /^plans[\\/][^\\/]+[\\/](?:plan|meta)\.json$/;

/**
 * Refuses an agent's edit of the files that hold a plan: what is written there past the tools would count as the user's
 * doing, an approval too.
 *
 * @param directory what paths in arguments are relative to
 * @throws Error for the model, which names the tool to use instead
 */
export function refusePlanFiles(tool: string, args: unknown, directory: string, worktree: string): void {
  const paths = changedPaths(tool, args).map((path) => relative(worktree, resolve(directory, path.trim())));
  const found = paths.find((path) => PLAN_FILE.test(path));
  if (found === undefined) return;
  throw new Error(
    `${tool} was refused: ${found} holds a plan that the user sees and decides on. Change it with bizar_plan_action; ` +
      "only the user approves a plan.",
  );
}

function changedPaths(tool: string, args: unknown): string[] {
  if (tool === "edit" || tool === "write" || tool === "multiedit") return hasPath(args) ? [args.filePath] : [];
  if ((tool === "patch" || tool === "apply_patch") && hasPatch(args)) {
    return [...args.patchText.matchAll(PATCHED)].map(([, path = ""]) => path);
  }
  return [];
}
