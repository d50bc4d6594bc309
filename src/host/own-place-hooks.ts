import type { Hooks } from "@opencode-ai/plugin";
import { homedir } from "node:os";
import { isText, shape } from "../shape.ts";
import type { OwnPlace } from "../workspace/own-folder-of.ts";
import { PATCH_HEADERS } from "../opencode/changed-paths.ts";
import { isBashCall } from "./shell/reading-shell.ts";
import { commandsTakingBack } from "./shell/takes-back.ts";

/** The arguments of opencode's own tools that name a file or a folder. */
const PATH_ARGUMENTS = ["filePath", "path", "workdir"];
const PATH_TOOLS = new Set(["read", "edit", "write", "multiedit", "grep", "glob", "list", "lsp", "bash"]);
const hasPatch = shape({ patchText: isText });

type OwnPlaceHooks = Required<Pick<Hooks, "tool.execute.before" | "shell.env">>;

/**
 * An agent in a folder of its own works there, whatever paths its prompt names: those of the caller's folder mean the
 * copy. It is a guard rail and no wall.
 */
export function ownPlaceHooks(place: OwnPlace): OwnPlaceHooks {
  const { copy, slot } = place;
  return {
    async "tool.execute.before"({ tool }, { args }: { args: unknown }) {
      if (typeof args !== "object" || args === null) return;
      if (PATH_TOOLS.has(tool)) {
        for (const name of PATH_ARGUMENTS) {
          const given: unknown = Reflect.get(args, name);
          if (typeof given === "string") Reflect.set(args, name, inCopy(place, given));
        }
      }
      if (hasPatch(args)) Reflect.set(args, "patchText", patchInCopy(place, args.patchText));
      if (tool === "bash" && isBashCall(args)) await refuseLine(place, args.command);
    },
    async "shell.env"(_input, { env }) {
      env["BIZAR_SLOT"] = String(slot);
      env["BIZAR_FOLDER"] = copy;
    },
  };
}

/** A path below the caller's folder as the same place in the copy; any other one as it is. */
export function inCopy({ originals, copy }: OwnPlace, path: string): string {
  const original = originals.find((each) => path === each || path.startsWith(`${each}/`));
  return original === undefined ? path : `${copy}${path.slice(original.length)}`;
}

function patchInCopy(place: OwnPlace, patch: string): string {
  return patch
    .split("\n")
    .map((line) => {
      const header = PATCH_HEADERS.find((start) => line.startsWith(start));
      return header === undefined ? line : `${header} ${inCopy(place, line.slice(header.length).trim())}`;
    })
    .join("\n");
}

async function refuseLine({ originals, copy }: OwnPlace, line: string): Promise<void> {
  const named = originals.find((original) => spellings(original).some((each) => names(line, each)));
  if (named !== undefined) {
    throw new Error(
      `bash was refused: it names ${named}, where others work. You have a copy of your own: use ${copy} in its place.`,
    );
  }
  if ((await commandsTakingBack(line)).some(({ command }) => command === "git stash")) {
    throw new Error(
      "bash was refused: git stash is shared with the folder that yours is a copy of. Commit instead: your commits are on no branch.",
    );
  }
}

/** A path as a shell line may write it. */
function spellings(path: string): readonly string[] {
  const home = homedir();
  const below = path.startsWith(`${home}/`) ? path.slice(home.length) : undefined;
  const plain = below === undefined ? [path] : [path, `~${below}`, `$HOME${below}`, `\${HOME}${below}`];
  return [...new Set(plain.flatMap((each) => [each, each.replaceAll(" ", "\\ ")]))];
}

/** Not where the path is only the beginning, or the end, of another name; it may stand in one word with an option. */
function names(line: string, path: string): boolean {
  for (let at = line.indexOf(path); at !== -1; at = line.indexOf(path, at + 1)) {
    const [before = ""] = /[\w./~-]*$/.exec(line.slice(0, at)) ?? [];
    if (/^(?:--?[\w-]*)?$/.test(before) && !/[\w.-]/.test(line[at + path.length] ?? "")) return true;
  }
  return false;
}
