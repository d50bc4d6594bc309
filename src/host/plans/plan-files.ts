import { relative, resolve } from "node:path";
import { changedPaths } from "../../opencode/changed-paths.ts";

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
