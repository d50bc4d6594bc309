import { readFileSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { parseState } from "./folder-state.ts";

/** An agent's own folder, as those that work in it see it. */
export interface OwnPlace {
  /** The root of the caller's working tree, and what it is called where links lead to it. */
  readonly originals: readonly string[];
  readonly copy: string;
  /** Where the agent works in it: what paths are relative to. */
  readonly directory: string;
  /** A number that no other agent on this machine has at the same time. */
  readonly slot: number;
}

/** The own folder of an agent that a directory is in; `undefined` where it is in none. */
export function ownFolderOf(worktreeDir: string, directory: string): OwnPlace | undefined {
  const [instanceId = ""] = relative(real(worktreeDir), real(directory)).split(sep);
  if (!INSTANCE_ID.test(instanceId)) return undefined;
  try {
    const state = parseState(readFileSync(join(worktreeDir, `${instanceId}.json`), "utf8"));
    if (state === undefined) return undefined;
    const { original, copy, slot } = state;
    return { originals: [...new Set([original, real(original)])], copy, directory: real(directory), slot };
  } catch {
    return undefined;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
