import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "../lib/is-missing.ts";
import { isUnreadable, quotedName } from "./file-names.ts";

const LOOKED_AT_AT_ONCE = 64;
const MEBIBYTE = 1_048_576;

/** Which untracked files go into a snapshot. */
export interface Choice {
  readonly taken: readonly string[];
  readonly leftOut: readonly string[];
}

/** Which untracked files are taken: the smallest first, as long as there is room. */
export async function choose(
  root: string,
  names: readonly string[],
  without: readonly string[],
  room: number,
): Promise<Choice> {
  const leftOut: string[] = [];
  const files: { readonly name: string; readonly size: number }[] = [];
  const asked = names.filter((name) => !isBelow(name, without));
  for (let start = 0; start < asked.length; start += LOOKED_AT_AT_ONCE) {
    const looks = asked
      .slice(start, start + LOOKED_AT_AT_ONCE)
      .map(async (name) => ({ name, seen: await look(root, name) }));
    for (const { name, seen } of await Promise.all(looks)) {
      if (typeof seen === "number") files.push({ name, size: seen });
      else if (seen !== undefined) leftOut.push(`${quotedName(name)} (${seen})`);
    }
  }
  const taken: string[] = [];
  let bytes = 0;
  for (const { name, size } of files.toSorted((a, b) => a.size - b.size)) {
    bytes += size;
    if (bytes <= room) taken.push(name);
    else leftOut.push(`${quotedName(name)} (${Math.ceil(size / MEBIBYTE)} MB)`);
  }
  return { taken, leftOut };
}

/** The size of a file, why it cannot be taken, or nothing where it has gone. */
async function look(root: string, name: string): Promise<number | string | undefined> {
  // git names a repository that lies in the working tree by its folder.
  if (name.endsWith("/")) return "a repository of its own";
  if (isUnreadable(name)) return "its name is no UTF-8";
  const path = join(root, name);
  try {
    const status = await lstat(path);
    if (status.isFile()) await access(path, constants.R_OK);
    return status.size;
  } catch (error) {
    return isMissing(error) ? undefined : "not readable";
  }
}

/** Whether a path is one of some others, or below it. */
export function isBelow(name: string, paths: readonly string[]): boolean {
  return paths.some((path) => name === path || name.startsWith(`${path}/`));
}
