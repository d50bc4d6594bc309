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
  const loaded = new Map<string, LoadedFile>();
  const waiting = ["index.html"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (loaded.has(path)) continue;
    // oxlint-disable-next-line eslint/no-await-in-loop -- each file names the next ones
    const bytes = await readFile(join(target, path));
    loaded.set(path, { name: basename(path), bytes: bytes.byteLength, gzipBytes: gzipSync(bytes).byteLength });
    waiting.push(...namedIn(path, bytes.toString("utf8")));
  }
  return [...loaded.values()].toSorted((a, b) => b.gzipBytes - a.gzipBytes);
}

function namedIn(path: string, text: string): string[] {
  if (path.endsWith(".html"))
    return [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name = ""]) => name);
  if (!path.endsWith(".js")) return [];
  const scan = new Bun.Transpiler({ loader: "js" }).scanImports(text);
  return scan.flatMap(({ kind, path }) => (kind === "import-statement" ? [`assets/${basename(path)}`] : []));
}
