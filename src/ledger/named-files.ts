import { realpath, stat } from "node:fs/promises";
import { resolve } from "node:path";

/** A prompt may hold a whole listing: the first names will do. */
const MOST_NAMES = 500;
/** What stands between quotes may be a name with blanks; else a name ends where no name has a sign. */
const QUOTED = /(["'`])([^"'`\n]{1,200})\1/g;
const WORD = /[\p{L}\p{M}\p{N}_@~./()[\]+#$-]+/gu;
/** What may stand around a name, and be none of it. */
const AROUND = /^[@([]+|[.)\]]+$/g;

/** The files that a text names and that are there, by their real paths, each once. */
export async function namedFiles(text: string, directory: string): Promise<string[]> {
  const words = [...text.matchAll(WORD)].map(([word]) => word);
  const all = [...[...text.matchAll(QUOTED)].map(([, , name = ""]) => name), ...words].flatMap(readings);
  const names = [...new Set(all)].slice(0, MOST_NAMES);
  const found = await Promise.all(
    names.map(async (name) => await realFile(resolve(directory, name)).catch(() => undefined)),
  );
  return [...new Set(found.filter((path) => path !== undefined))];
}

async function realFile(path: string): Promise<string | undefined> {
  const real = await realpath(path);
  return (await stat(real)).isFile() ? real : undefined;
}

/** `app/[id]/page.ts` is a name as it stands; `@src/a.ts`, `(README.md).` and `[a.ts](a.ts)` are not. */
function readings(word: string): string[] {
  return [word, word.replaceAll(AROUND, ""), ...word.split(/[()[\]]+/)].filter((name) => name !== "");
}
