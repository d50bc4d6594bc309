import { existsSync } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAnything, isText, shape, type Checked } from "../lib/shape.ts";
import { plainName } from "../text/plain-name.ts";

const isAtWork = shape({
  ...{ instanceId: isText, agent: isText, title: isText, directory: isText, status: isText },
  folder: isAnything,
});
const hasDirectory = shape({ directory: isText });
type AtWork = Checked<typeof isAtWork>;
const hasPermission = shape({ edit: isAnything, bash: isAnything });
const AT_WORK = new Set(["pending", "running"]);
const MOST_TITLE_CHARACTERS = 60;

export interface OthersParts {
  readonly directory: string;
  /** The records of the agents of all hosts. */
  readonly recordDir: string;
  /** The permission of an agent as it is configured. */
  readonly permissionOf: (agent: string) => unknown;
}

/** The agents that are at work in the same working tree and may write there, by name and title. */
export async function othersAtWork(parts: OthersParts, ownId: string | undefined): Promise<readonly string[]> {
  const { directory, recordDir, permissionOf } = parts;
  const tree = await treeOf(directory);
  const names = await readdir(recordDir).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      if (!name.endsWith(".json") || name === `${ownId}.json`) return [];
      const record = await readRecord(join(recordDir, name));
      if (record === undefined || !AT_WORK.has(record.status) || !mayWrite(permissionOf(record.agent))) return [];
      if ((await treeOf(folderOf(record))) !== tree) return [];
      return [`${plainName(record.agent)} ${JSON.stringify(record.title.slice(0, MOST_TITLE_CHARACTERS))}`];
    }),
  );
  return found.flat();
}

/** What is refused to an agent, and what to do instead. */
export function takingBackText(command: string, others: readonly string[]): string {
  return (
    `"${command}" changes files that others work on in this folder: ${others.join(", ")}. ` +
    "Look at what was before with git diff, or git show HEAD:<file>; take back a change of your own with edit; " +
    "try another state in a copy (git worktree add)."
  );
}

/** Where it works: in a folder of its own, where it has one. */
function folderOf({ directory, folder }: AtWork): string {
  return hasDirectory(folder) ? folder.directory : directory;
}

/** The working tree of git that a folder is in; itself where it is in none. */
async function treeOf(folder: string): Promise<string> {
  const real = await realpath(folder).catch(() => folder);
  for (let at = real; at !== dirname(at); at = dirname(at)) if (existsSync(join(at, ".git"))) return at;
  return real;
}

async function readRecord(path: string) {
  try {
    const record: unknown = JSON.parse(await readFile(path, "utf8"));
    return isAtWork(record) ? record : undefined;
  } catch {
    // It is gone, or being replaced: what cannot be read holds nobody up.
    return undefined;
  }
}

/** Not where neither an edit nor a command is allowed but for what a rule names. */
function mayWrite(permission: unknown): boolean {
  if (permission === "deny") return false;
  if (!hasPermission(permission)) return true;
  return !(isDenied(permission.edit) && isDenied(permission.bash));
}

function isDenied(rule: unknown): boolean {
  return rule === "deny" || (typeof rule === "object" && rule !== null && Reflect.get(rule, "*") === "deny");
}
