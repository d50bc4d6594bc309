import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

export interface LoadedFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** What a browser loads before the page shows anything: the document, and what it and its scripts name statically. */
export async function firstLoad(target: string): Promise<LoadedFile[]> {
  return await reachable(target, "index.html", (path, text) => {
    if (path.endsWith(".html"))
      return [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name = ""]) => name);
    return path.endsWith(".js") ? importsOf(text).map((name) => `assets/${basename(name)}`) : [];
  });
}

/**
 * What opencode reads of the built plugin before it has the hooks of a role.
 *
 * @param role the file of the sources that the role begins with, without its ending
 */
export async function firstLoadOf(target: string, role: string): Promise<LoadedFile[]> {
  const [start] = new Bun.Glob(`${role}-*.js`).scanSync(target);
  if (start === undefined) throw new Error(`The built plugin has no file for ${role}.`);
  const found = await Promise.all(["index.js", start].map(async (from) => await reachable(target, from, ownImports)));
  return [...new Map(found.flat().map((file) => [file.name, file])).values()];
}

async function reachable(
  folder: string,
  from: string,
  namedIn: (path: string, text: string) => readonly string[],
): Promise<LoadedFile[]> {
  const loaded = new Map<string, LoadedFile>();
  const waiting = [from];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (loaded.has(path)) continue;
    // oxlint-disable-next-line eslint/no-await-in-loop -- each file names the next ones
    const bytes = await readFile(join(folder, path));
    loaded.set(path, { name: basename(path), bytes: bytes.byteLength, gzipBytes: gzipSync(bytes).byteLength });
    waiting.push(...namedIn(path, bytes.toString("utf8")));
  }
  return [...loaded.values()].toSorted((a, b) => b.gzipBytes - a.gzipBytes);
}

function ownImports(_path: string, text: string): string[] {
  return importsOf(text).filter((name) => name.startsWith("./"));
}

/** What a script cannot begin without. */
function importsOf(text: string): string[] {
  const scan = new Bun.Transpiler({ loader: "js" }).scanImports(text);
  return scan.flatMap(({ kind, path }) => (kind === "import-statement" ? [path] : []));
}
