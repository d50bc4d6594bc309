import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".ttf": "font/ttf",
};

/** The page as it was built. */
export interface PageFiles {
  /** `index.html`, which shows a plan. */
  readonly html: string;
  /** `changes.html`, which shows what an agent has changed; `null` where that is not built. */
  readonly changesHtml: string | null;
  /** A file that the page loads; `undefined` where there is none of that name. */
  asset(name: string): Promise<Asset | undefined>;
}

export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Looks once at what there is: only the names found then are ever served, so that no request makes a path.
 *
 * @throws Error when the page is not built
 */
export async function readPageFiles(folder: string): Promise<PageFiles> {
  const assets = join(folder, "assets");
  const [html, changesHtml, names] = await Promise.all([
    readFile(join(folder, "index.html"), "utf8"),
    readFile(join(folder, "changes.html"), "utf8").catch(() => null),
    readdir(assets),
  ]).catch((cause: unknown) => {
    throw new Error(`The canvas is not built: ${folder} is not there. Run \`bun run build\` in Bizar's folder.`, {
      cause,
    });
  });
  const types = new Map(names.map((name) => [name, TYPES[extname(name)]]));
  return {
    ...{ html, changesHtml },
    async asset(name) {
      const type = types.get(name);
      if (type === undefined) return undefined;
      return { type, bytes: new Uint8Array(await readFile(join(assets, name))) };
    },
  };
}
