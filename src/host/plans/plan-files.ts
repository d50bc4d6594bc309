import { relative, resolve } from "node:path";
import { realTarget } from "../../lib/real-target.ts";
import { changedPaths } from "../../opencode/changed-paths.ts";
import { isText, shape } from "../../lib/shape.ts";
import { decisionsFolder } from "../../store/state-paths.ts";
import { PLAN_ACTION } from "../../text/own-tools.ts";
import { READ } from "../../opencode/tool-names.ts";

const PLAN_FILE = /^plans[\\/][^\\/]+[\\/](?:plan|meta)\.json(?:\.history)?$/;
const hasPath = shape({ filePath: isText });

/** Where a session works, and where the plugin keeps what is the user's. */
export interface GuardedFolders {
  /** What paths in arguments are relative to. */
  readonly directory: string;
  readonly worktree: string;
  readonly stateDir: string;
}

/**
 * Refuses an agent's edit of the files that hold a plan, by whatever name: what is written there past the tools would be
 * taken for the user's doing. It keeps those of its decisions from being read, too. A decision does not hang on this: one
 * that stands in a plan's files alone is none.
 *
 * @throws Error for the model, which names the tool to use instead
 */
export function refusePlanFiles(tool: string, args: unknown, folders: GuardedFolders): void {
  const { directory, worktree, stateDir } = folders;
  const [project, decisions] = [realTarget(worktree), realTarget(decisionsFolder(stateDir))];
  const read = tool === READ && hasPath(args) ? [args.filePath] : [];
  for (const path of [...changedPaths(tool, args), ...read]) {
    const target = realTarget(resolve(directory, path.trim()));
    if (isBelow(decisions, target)) {
      throw new Error(`${tool} was refused: ${path} is of the user's decisions on plans. Only the user decides.`);
    }
    const inside = folded(relative(project, target));
    if (read.length > 0 || !PLAN_FILE.test(inside)) continue;
    throw new Error(
      `${tool} was refused: ${inside} holds a plan that the user sees and decides on. Change it with ${PLAN_ACTION}; ` +
        "only the user approves a plan.",
    );
  }
}

function isBelow(folder: string, target: string): boolean {
  return `${folded(target)}/`.startsWith(`${folded(folder)}/`);
}

/** As a disk that makes no difference between cases sees a name. */
function folded(path: string): string {
  return path.normalize("NFKC").toUpperCase().toLowerCase();
}
