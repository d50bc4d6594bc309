import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { changedPaths } from "../../opencode/changed-paths.ts";
import { isText, shape } from "../../shape.ts";
import { decisionsFolder } from "../../store/state-paths.ts";

const PLAN_FILE = /^plans[\\/][^\\/]+[\\/](?:plan|meta)\.json$/;
/** As many as Linux follows. */
const MOST_LINKS = 40;
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
  const read = tool === "read" && hasPath(args) ? [args.filePath] : [];
  for (const path of [...changedPaths(tool, args), ...read]) {
    const target = realTarget(resolve(directory, path.trim()));
    if (isBelow(decisions, target)) {
      throw new Error(`${tool} was refused: ${path} is of the user's decisions on plans. Only the user decides.`);
    }
    const inside = folded(relative(project, target));
    if (read.length > 0 || !PLAN_FILE.test(inside)) continue;
    throw new Error(
      `${tool} was refused: ${inside} holds a plan that the user sees and decides on. Change it with bizar_plan_action; ` +
        "only the user approves a plan.",
    );
  }
}

function isBelow(folder: string, target: string): boolean {
  return `${folded(target)}/`.startsWith(`${folded(folder)}/`);
}

/** What a path leads to, with the links on its way followed; the end of it need not be there yet. */
function realTarget(path: string, links = MOST_LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    if (above === path || links === 0) return path;
    const place = join(realTarget(above, links), basename(path));
    const next = linkAt(place);
    return next === undefined ? place : realTarget(resolve(dirname(place), next), links - 1);
  }
}

/** Where a link leads that leads to nothing yet: what is written there comes into being. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** As a disk that makes no difference between cases sees a name. */
function folded(path: string): string {
  return path.normalize("NFKC").toUpperCase().toLowerCase();
}
