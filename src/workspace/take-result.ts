import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { NewestMap } from "../lib/newest-map.ts";
import type { Changes } from "../supervisor/own-folder.ts";
import { completeUpdate } from "./complete-update.ts";
import { changed, hasCopy, originalOf, snapshotSettings, storeOf, type FolderParts } from "./folder-parts.ts";
import { listed } from "./file-names.ts";
import { keptPathOf } from "./kept-tree.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { git, textOf, type GitPlace } from "./git.ts";
import { whyInTheWay } from "./put-tree.ts";
import { done, failure, type Result } from "./result.ts";
import { commitTree, takeSnapshot, withSnapshot } from "./snapshot.ts";
import {
  conflictingFiles,
  countChanges,
  mergeTrees,
  patchOf,
  treeChanges,
  withPathsOf,
  type Merged,
  type TreeChange,
} from "./tree-changes.ts";
import { areUntouched } from "./untouched-files.ts";
import { removeWorktree } from "./worktree.ts";

/** The file of an agent's changes. */
export function patchPathOf({ states }: Pick<FolderParts, "states">, instanceId: string): string {
  return join(states.homeOf(instanceId), "changes.patch");
}

/**
 * Takes down what an agent has made of its folder, committed or not, with the ref that keeps it and the patch.
 *
 * @returns the state as it is written then
 */
export async function takeResult(parts: FolderParts, before: FolderState): Promise<Result<FolderState>> {
  // Half an update would count as the agent's own work.
  const whole = await completeUpdate(parts, before);
  if (!whole.ok) return whole;
  const state = whole.value;
  const { copy, copyGitDir, base, instanceId } = state;
  if (copyGitDir === null || !hasCopy(state)) return done(state);
  const settings = { ...snapshotSettings(parts), without: state.brought, otherwise: base };
  const taken = await takeSnapshot({ root: copy, gitDir: copyGitDir }, settings);
  if (!taken.ok) return taken;
  const { leftOut } = taken.value;
  const known = state.resultTree ?? state.baseTree;
  const tree =
    taken.value.tree === known ? done(known) : await withoutSchemaLines(storeOf(state), base, taken.value.tree);
  if (!tree.ok) return tree;
  if (tree.value === known) {
    const isSame = leftOut.join("\0") === state.leftOut.join("\0");
    return isSame ? done(state) : await changed(parts, state, { leftOut });
  }
  const result = await commitTree(storeOf(state), tree.value, base, `What the agent ${instanceId} has done`);
  if (!result.ok) return result;
  const kept = await setRefs(state, { result: result.value });
  if (!kept.ok) return kept;
  const patch = await writePatch(parts, state, tree.value);
  if (!patch.ok) return patch;
  return await changed(parts, state, { result: result.value, resultTree: tree.value, leftOut });
}

async function writePatch(parts: FolderParts, state: FolderState, tree: string): Promise<Result<null>> {
  const { instanceId, baseTree } = state;
  const patch = await patchOf(storeOf(state), baseTree, tree);
  if (!patch.ok) return patch;
  try {
    await mkdir(parts.states.homeOf(instanceId), { recursive: true, mode: 0o700 });
    await writeFile(patchPathOf(parts, instanceId), patch.value, { mode: 0o600 });
    return done(null);
  } catch (error) {
    return failure("disk", `The patch of ${instanceId} could not be written: ${describeError(error)}`);
  }
}

/** Whether a folder holds nothing that its base does not. */
export function isEmpty({ baseTree, resultTree, leftOut }: FolderState): boolean {
  return leftOut.length === 0 && (resultTree === null || resultTree === baseTree);
}

/** The caller's tree of now brought together with the agent's. */
export interface Meeting extends Merged {
  /** The caller's. */
  readonly now: string;
  /** The same as a commit. */
  readonly commit: string;
}

/**
 * Brings the caller's tree of now together with what the agent has done.
 *
 * @param run is given a look at which of the caller's files have changed since
 */
export async function meet<T>(
  parts: FolderParts,
  state: FolderState,
  run: (meeting: Meeting, changedSince: () => Promise<Result<readonly string[]>>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { original: root, gitDir } = state;
  const settings = { ...snapshotSettings(parts), without: [] };
  return await withSnapshot({ root, gitDir }, settings, async ({ tree: now }, changedSince) => {
    const met = await meetTree(state, now);
    return met.ok ? await run(met.value, changedSince) : met;
  });
}

async function meetTree(state: FolderState, now: string): Promise<Result<Meeting>> {
  const { base, baseTree, result, resultTree } = state;
  // Nobody has changed anything there: what the agent has made is what comes of it.
  if (now === baseTree) return done({ now, commit: base, tree: resultTree ?? baseTree, conflicts: [] });
  const commit = await commitTree(storeOf(state), now, base, "The caller's tree");
  if (!commit.ok) return commit;
  const merged = await mergeTrees(originalOf(state), commit.value, result ?? base);
  return merged.ok ? done({ ...merged.value, now, commit: commit.value }) : merged;
}

/** What an agent has changed, judged against the caller's tree of now; `null`: nothing. */
export async function judgeChanges(parts: FolderParts, state: FolderState): Promise<Result<Changes | null>> {
  if (isEmpty(state)) return done(null);
  // It goes with the record of its agent, before the work does.
  if (!existsSync(patchPathOf(parts, state.instanceId))) {
    const patch = await writePatch(parts, state, state.resultTree ?? state.baseTree);
    if (!patch.ok) return patch;
  }
  const { baseTree, resultTree } = state;
  const [counts, conflicts] = await Promise.all([
    remembered(
      `count ${baseTree} ${resultTree}`,
      async () => await countChanges(storeOf(state), baseTree, resultTree ?? baseTree),
    ),
    whatConflicts(parts, state),
  ]);
  if (!counts.ok) return counts;
  const leftOut = state.leftOut.length === 0 ? {} : { leftOut: listed(state.leftOut) };
  const applies = conflicts.length === 0 ? "clean" : listed(conflicts);
  return done({ ...counts.value, patchPath: patchPathOf(parts, state.instanceId), applies, ...leftOut });
}

/** The files that cannot be brought back as they are. */
async function whatConflicts(parts: FolderParts, state: FolderState): Promise<readonly string[]> {
  const { baseTree, resultTree, original: root, gitDir } = state;
  const own = await remembered(
    `changes ${baseTree} ${resultTree}`,
    async () => await treeChanges(storeOf(state), baseTree, resultTree ?? baseTree),
  );
  if (own.ok && (await areUntouched(root, own.value))) return [];
  const original = await takeSnapshot({ root, gitDir }, { ...snapshotSettings(parts), without: [] });
  const found = original.ok ? await changesTo(state, original.value.tree) : original;
  // The caller's tree may have gone.
  if (!found.ok) return [`${state.original} (${found.error})`];
  const { conflicts, changes } = found.value;
  return conflicts.length > 0 ? conflicts : ((await whyInTheWay(state.original, changes))?.files ?? []);
}

interface ChangesTo {
  readonly conflicts: readonly string[];
  /** What would be put into the caller's files. */
  readonly changes: readonly TreeChange[];
}

async function changesTo(state: FolderState, now: string): Promise<Result<ChangesTo>> {
  const { base, baseTree, result, resultTree } = state;
  return await remembered<ChangesTo>(`merge ${base} ${baseTree} ${now} ${result} ${resultTree}`, async () => {
    const met = await meetTree(state, now);
    if (!met.ok) return met;
    const conflicts = conflictingFiles(met.value);
    const { tree } = met.value;
    if (conflicts.length > 0 || now === tree) return done({ conflicts, changes: [] });
    const changes = await treeChanges(originalOf(state), now, tree);
    return changes.ok ? done({ conflicts, changes: changes.value }) : changes;
  });
}

const MOST_REMEMBERED = 100;
/** What is worked out of objects of git alone is the same whenever it is asked for, and whoever asks. */
const answers = new NewestMap<unknown>(MOST_REMEMBERED);

async function remembered<T>(question: string, ask: () => Promise<Result<T>>): Promise<Result<T>> {
  const known = answers.get(question);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the question names the kind of its answer
  if (known !== undefined) return done(known as T);
  const answer = await ask();
  if (answer.ok) answers.set(question, answer.value);
  return answer;
}

/** Removes an agent's copy, and with `all` whatever else is in its folder. */
export async function removeCopy(
  parts: Pick<FolderParts, "states">,
  state: FolderState,
  all: boolean,
): Promise<Result<FolderState>> {
  const { commonDir, copy, copyGitDir, instanceId } = state;
  const removed = await removeWorktree(commonDir, copy);
  if (!removed.ok) return removed;
  if (all) await rm(parts.states.homeOf(instanceId), { recursive: true, force: true });
  if (copyGitDir !== null) await rm(keptPathOf(parts.states.folder, copyGitDir), { force: true });
  return await changed(parts, state, { copyGitDir: null, brought: [], isReady: false });
}

const SCHEMA_LINE = /^(\s*\{)\s*"\$schema"\s*:\s*"https:\/\/opencode\.ai\/config\.json"\s*,?/;
const CONFIG_NAMES = new Set(["opencode.json", "opencode.jsonc"]);

/** opencode writes its `$schema` into a configuration that has none: that is no change of the agent's. */
async function withoutSchemaLines(place: GitPlace, base: string, tree: string): Promise<Result<string>> {
  const changes = await treeChanges(place, base, tree);
  if (!changes.ok) return changes;
  const same: string[] = [];
  for (const { path, kind } of changes.value) {
    if (kind !== "changed" || !CONFIG_NAMES.has(basename(path))) continue;
    const texts = await Promise.all([base, tree].map(async (of) => await git(place, ["show", `${of}:${path}`])));
    const [before, after] = texts.map((text) => (text.code === 0 ? plain(textOf(text)) : undefined));
    if (before !== undefined && before === after) same.push(path);
  }
  return same.length === 0 ? done(tree) : await withPathsOf(place, tree, base, same);
}

function plain(text: string): string {
  return text.replace(SCHEMA_LINE, "$1").replaceAll(/\s+/g, " ").replace(/^\{ /, "{").trim();
}
