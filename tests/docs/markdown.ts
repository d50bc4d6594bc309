import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** A document, as a test looks at it. */
export interface Page {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
  /** Without what stands in fences. */
  readonly prose: string;
}

/** Every document that a reader is led to. */
export async function readPages(): Promise<Page[]> {
  const docs = (await readdir(join(ROOT, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
  const paths = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", ...docs];
  return await Promise.all(
    paths.map(async (path) => {
      const text = await Bun.file(join(ROOT, path)).text();
      return { path, text, prose: text.replaceAll(FENCE, "") };
    }),
  );
}

/** The texts of the cells of its tables. */
export function cells({ prose }: Page): string[] {
  return prose
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .flatMap((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** What is marked as code in it, fences left out. */
export function codeWords({ prose }: Page): string[] {
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);
}

/** The code blocks of a language. */
export function blocks({ text }: Page, language: string): string[] {
  return [...text.matchAll(FENCE)].flatMap(([, named, code = ""]) => (named === language ? [code] : []));
}

/** Its links within the project: the path from the root, and the heading that is meant. */
export function localLinks({ path, prose }: Page): { readonly to: string; readonly heading: string | undefined }[] {
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", heading] = target.split("#");
      return { to: file === "" ? path : relative(ROOT, join(ROOT, dirname(path), file)), heading };
    });
}

/** The names by which links lead to its headings. */
export function headings({ prose }: Page): string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
