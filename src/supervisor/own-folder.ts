import { join, relative } from "node:path";

/** Where an agent works that has a folder of its own. Paths are absolute. */
export interface OwnFolder {
  /** The root of the working tree that the caller works in. */
  readonly original: string;
  /** The root of the agent's copy of it. */
  readonly copy: string;
  /** The caller's directory in the copy: the agent works there. */
  readonly directory: string;
  /** What the copy was made of, in words: `a1b2c3d + 4 changed files`. */
  readonly base: string;
}

/** The directory of the caller, whose configuration an agent has also in its own folder. */
export function callerDirectory({
  directory,
  folder,
}: {
  readonly directory: string;
  readonly folder?: OwnFolder | undefined;
}): string {
  return folder === undefined ? directory : join(folder.original, relative(folder.copy, directory));
}

/** What an agent has changed in its folder. */
export interface Changes {
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly patchPath: string;
  /** Whether they fit the caller's tree as it was when this was worked out; else the files that conflict. */
  readonly applies: "clean" | readonly string[];
  /** What is in the folder and too large to be brought back, or not readable; absent where there is nothing such. */
  readonly leftOut?: readonly string[] | undefined;
}
