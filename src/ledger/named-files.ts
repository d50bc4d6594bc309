import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { Change, ChangedFiles } from "./changed-files.ts";

/** A prompt may hold a whole listing: the first names will do. */
const MOST_NAMES = 50;
/** What looks like the path of a file: with a folder before it, or an ending behind it. */
const NAME = /[\w@~.-]*\/[\w@./-]*\w|[\w@-][\w@.-]*\.[A-Za-z]\w{0,9}/g;

/** The last changes of the files that a text names, by tools of opencode, each file once. */
export async function changesOfNamed(text: string, directory: string, changes: ChangedFiles): Promise<Change[]> {
  const names = [...new Set([...text.matchAll(NAME)].map(([name]) => name))].slice(0, MOST_NAMES);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = await realpath(resolve(directory, name)).catch(() => undefined);
      return path === undefined ? undefined : await changes.last(path);
    }),
  );
  const byPath = new Map(found.flatMap((change) => (change === undefined ? [] : [[change.path, change] as const])));
  return [...byPath.values()];
}
