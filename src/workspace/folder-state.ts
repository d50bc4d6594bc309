import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/durable-file.ts";
import { isMissing } from "../lib/is-missing.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { isFlag, isNumber, isText, listOf, oneOf, orAbsent, orNull, shape, type Checked } from "../lib/shape.ts";
import { isChangeReview } from "./change-review.ts";

const isUpdate = shape({ tree: isText, base: isText, baseTree: isText });

const isState = shape({
  schemaVersion: oneOf("1"),
  instanceId: isText,
  title: isText,
  /** The root of the caller's working tree, and what git keeps of it. */
  original: isText,
  gitDir: isText,
  commonDir: isText,
  /** The caller's directory below the root. */
  prefix: isText,
  copy: isText,
  /** What git keeps of the copy; `null` while there is none. */
  copyGitDir: orNull(isText),
  /** The commit that the copy was made of, or that it was brought up to. */
  base: isText,
  baseTree: isText,
  /** In words. */
  baseWords: isText,
  /** What the agent has made of it; `null` before its first end. */
  result: orNull(isText),
  resultTree: orNull(isText),
  /** What its last turn has left is in `result`, and no other turn has begun. */
  isTaken: orAbsent(isFlag),
  /**
   * `open`: somebody is to decide on it; `empty`: nothing was changed, or all of it was brought back and then nothing;
   * `applied`, `discarded`: decided. But for `open` there is no copy.
   */
  status: oneOf("open", "empty", "applied", "discarded"),
  /** A tree that is being put into the copy, and the base that it has from then on. */
  update: orNull(isUpdate),
  branch: orNull(isText),
  leftOut: listOf(isText),
  /** What was brought into the copy beside the files of the snapshot. */
  brought: listOf(isText),
  /** Whether all of that is done, and the copy was set up. */
  isReady: isFlag,
  /** The commit that has come back last from a copy elsewhere; absent: none has. */
  came: orAbsent(isText),
  /** A number that no other copy of this machine has at the same time. */
  slot: isNumber,
  /** Who brings the changes back; absent: whoever may use the tool. */
  appliedBy: orAbsent(oneOf("agent", "user")),
  review: orAbsent(isChangeReview),
});

/** What is known of an agent's folder, as it lies on the disk. Commits and trees are object ids. */
export type FolderState = Checked<typeof isState>;

/** Where the folders of agents are, and what is known of them. */
export class FolderStates {
  /** @param folder of all of them */
  constructor(readonly folder: string) {}

  /** The folder of one agent: its copy, and what belongs to it. */
  homeOf(instanceId: string): string {
    return join(this.folder, checked(instanceId));
  }

  pathOf(instanceId: string): string {
    return join(this.folder, `${checked(instanceId)}.json`);
  }

  /** `undefined` where there is none, or one that this version does not read. */
  async read(instanceId: string): Promise<FolderState | undefined> {
    try {
      return parseState(await readFile(this.pathOf(instanceId), "utf8"));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(state: FolderState): Promise<void> {
    await writeDurably(this.pathOf(state.instanceId), `${JSON.stringify(state, undefined, 2)}\n`);
  }

  async remove(instanceId: string): Promise<void> {
    await rm(this.pathOf(instanceId), { force: true });
  }

  /** The agents of which a folder or a state is there. */
  async list(): Promise<string[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const ids = names.map((name) => name.replace(/\.json$/, "")).filter((name) => INSTANCE_ID.test(name));
    return [...new Set(ids)].toSorted();
  }
}

/** The state that a text holds. */
export function parseState(text: string): FolderState | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isState(value) ? value : undefined;
  } catch {
    // Half a file, or somebody else's.
    return undefined;
  }
}

function checked(instanceId: string): string {
  if (!INSTANCE_ID.test(instanceId)) throw new Error(`"${instanceId}" is no instance id.`);
  return instanceId;
}
