import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { MARKER_NAME } from "../processes/end-tree.ts";
import type { Changes, OwnFolder } from "../supervisor/own-folder.ts";
import { changed, hasCopy, holding, snapshotSettings, storeOf, type FolderParts } from "./folder-parts.ts";
import { inWords, namesInWords } from "./file-names.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure, listOf } from "./git.ts";
import { completeUpdate } from "./complete-update.ts";
import { bringIn, whatIsLacking, whyNoModules } from "./bring-in.ts";
import { setUpCopy, type SetUpRun } from "./set-up-copy.ts";
import { findRepository, type Repository } from "./repository.ts";
import { done, failure, type Result } from "./result.ts";
import { commitTree, PLANS, takeSnapshot } from "./snapshot.ts";
import { isEmpty, judgeChanges, removeCopy, takeResult } from "./take-result.ts";
import { addWorktree, removeWorktree } from "./worktree.ts";

const SHOWN_ID = 7;

/** A folder that is to be made. */
export interface FolderRequest {
  readonly instanceId: string;
  readonly title: string;
  /** The caller's. */
  readonly directory: string;
  /** Who brings the changes back; whoever may use the tool where absent. */
  readonly appliedBy?: FolderState["appliedBy"];
}

/** A folder as it is promised, and what its agent will miss there. */
export interface Begun {
  readonly folder: OwnFolder;
  readonly notes: readonly string[];
}

/**
 * Takes down the caller's tree of this moment for an agent. The copy itself is made by {@link prepareCopy}, when the agent
 * starts.
 */
export async function beginFolder(parts: FolderParts, request: FolderRequest): Promise<Result<Begun>> {
  const { instanceId, directory, title, appliedBy } = request;
  const found = await findRepository(directory);
  if (!found.ok) return found;
  const repository = found.value;
  await mkdir(parts.states.folder, { recursive: true, mode: 0o700 });
  if (await isInside(parts.states.folder, repository.root)) {
    return failure(
      "state_inside",
      `The plugin's stateDir lies in the working tree ${repository.root}, where no copy of it may be. ` +
        `Set the option "stateDir" to a folder outside of it.`,
    );
  }
  const base = await snapshotOf(parts, repository);
  if (!base.ok) return base;
  const { commit, tree, leftOut, words } = base.value;
  const { root: original, gitDir, commonDir, prefix, name } = repository;
  const state: FolderState = {
    schemaVersion: "1",
    ...{ instanceId, title, original, gitDir, commonDir, prefix },
    // As git will name it, and opencode, where links lead to it.
    copy: join(await realpath(parts.states.folder), instanceId, name),
    copyGitDir: null,
    base: commit,
    baseTree: tree,
    baseWords: words,
    result: null,
    resultTree: null,
    isTaken: false,
    status: "open",
    update: null,
    branch: null,
    leftOut: [],
    brought: [],
    isReady: false,
    slot: 0,
    came: undefined,
    appliedBy,
    review: undefined,
  };
  const written = await changed(parts, state, {});
  if (!written.ok) return written;
  const kept = await setRefs(state, { base: commit });
  if (!kept.ok) {
    await parts.states.remove(instanceId);
    return kept;
  }
  const noModules = await whyNoModules(state, parts.states.folder);
  const notes = [...(await notesOf(state, leftOut)), ...(noModules === undefined ? [] : [noModules])];
  return done({ folder: ownFolderOf(state), notes });
}

/** Takes back what was begun for an agent that has not come to be. */
export async function cancelFolder({ states }: FolderParts, instanceId: string): Promise<void> {
  const state = await states.read(instanceId);
  if (state === undefined) return;
  await setRefs(state, { base: null });
  await states.remove(instanceId);
}

/** What an agent and its caller are told of its folder. */
export function ownFolderOf({ original, copy, prefix, baseWords }: FolderState): OwnFolder {
  return { original, copy, directory: join(copy, prefix), base: baseWords };
}

/** How a copy is made ready. */
export interface Preparation extends Pick<SetUpRun, "line" | "signal"> {
  /** Its agent works in a copy of it elsewhere: that one is set up. */
  readonly isSetUpElsewhere: boolean;
}

/**
 * Sees to it that an agent's copy is there, as its last turn has left it, or made of the caller's tree: of when the agent
 * was asked for, or of now where its earlier changes have been decided on.
 */
export async function prepareCopy(
  parts: FolderParts,
  instanceId: string,
  {
    line = () => undefined,
    signal = new AbortController().signal,
    isSetUpElsewhere = false,
  }: Partial<Preparation> = {},
): Promise<Result<FolderState>> {
  const known = await parts.states.read(instanceId);
  if (known === undefined) return failure("no_folder", `What is known of the folder of ${instanceId} is gone.`);
  const ready = await holding(parts, known.commonDir, async () => await readyState(parts, instanceId, known));
  if (!ready.ok) return ready;
  const made = hasCopy(ready.value) ? ready : await makeCopy(parts, ready.value);
  return made.ok && !made.value.isReady ? await fillCopy(parts, made.value, { line, signal, isSetUpElsewhere }) : made;
}

async function makeCopy(parts: FolderParts, state: FolderState): Promise<Result<FolderState>> {
  const { commonDir, copy, result, base, prefix } = state;
  // What a start has left that was cut off: nobody has worked there.
  const removed = await removeWorktree(commonDir, copy);
  if (!removed.ok) return removed;
  const added = await addWorktree(state, result ?? base);
  if (!added.ok) return added;
  // One that holds ignored files only is in no snapshot.
  await mkdir(join(copy, prefix), { recursive: true });
  return await holding(parts, "slots", async () => {
    const others = await Promise.all((await parts.states.list()).map((id) => parts.states.read(id)));
    const taken = new Set(
      others.flatMap((other) => (other === undefined || other.copyGitDir === null ? [] : other.slot)),
    );
    let slot = 0;
    while (taken.has(slot)) slot += 1;
    return await changed(parts, state, { copyGitDir: added.value, isReady: false, slot });
  });
}

/** Brings in what git does not know of, and has the copy set up; a start that was cut off does it again. */
async function fillCopy(
  parts: FolderParts,
  state: FolderState,
  { line, signal, isSetUpElsewhere }: Preparation,
): Promise<Result<FolderState>> {
  const { original, copy, slot } = state;
  const lacking = await whatIsLacking(state);
  const all = [...lacking.copied, ...lacking.shared];
  const brought = all.filter((path) => state.brought.includes(path) || !existsSync(join(copy, path)));
  // First: whatever of it is there, it is no change of the agent's.
  const noted = await changed(parts, state, { brought });
  if (!noted.ok) return noted;
  for (const failed of await bringIn(original, copy, lacking)) line(`not brought into the agent's folder: ${failed}`);
  if (parts.setUp !== undefined && !isSetUpElsewhere) {
    const environment = { [MARKER_NAME]: state.instanceId, BIZAR_SLOT: String(slot), BIZAR_FOLDER: copy };
    const setUp = await setUpCopy(parts.setUp, { copy, environment, line, signal });
    if (!setUp.ok) return setUp;
  }
  return await changed(parts, noted.value, { isReady: true });
}

async function readyState(parts: FolderParts, instanceId: string, known: FolderState): Promise<Result<FolderState>> {
  const state = (await parts.states.read(instanceId)) ?? known;
  if (state.update !== null) return await completeUpdate(parts, state);
  if (state.status !== "open") return await beginAgain(parts, state);
  return state.isTaken === true ? await changed(parts, state, { isTaken: false }) : done(state);
}

/** What the agent has done before is in the caller's tree, or is not wanted: it starts from there. */
async function beginAgain(parts: FolderParts, state: FolderState): Promise<Result<FolderState>> {
  const found = await findRepository(join(state.original, state.prefix));
  if (!found.ok) return found;
  const base = await snapshotOf(parts, found.value);
  if (!base.ok) return base;
  const { commit, tree, words } = base.value;
  const kept = await setRefs(state, { base: commit });
  if (!kept.ok) return kept;
  const fresh = { result: null, resultTree: null, isTaken: false, status: "open", branch: null, leftOut: [] } as const;
  const begun = await changed(parts, state, {
    ...fresh,
    gitDir: found.value.gitDir,
    base: commit,
    baseTree: tree,
    baseWords: words,
    // A copy that was kept for what could not be brought back has the files of an earlier moment.
    update: hasCopy(state) ? { tree, base: commit, baseTree: tree } : null,
  });
  return begun.ok ? await completeUpdate(parts, begun.value) : begun;
}

/**
 * Takes down what an agent has done when its turn is over, and removes a copy that nothing was changed in.
 *
 * @returns what has changed; `null`: nothing, or it has no folder
 */
export async function finishTurn(parts: FolderParts, instanceId: string): Promise<Result<Changes | null>> {
  const known = await parts.states.read(instanceId);
  if (known === undefined) return done(null);
  return await holding(parts, known.commonDir, async () => {
    const state = (await parts.states.read(instanceId)) ?? known;
    if (state.status !== "open") return done(null);
    const taken = await takeResult(parts, state);
    if (!taken.ok) return taken;
    if (!isEmpty(taken.value)) {
      const written = await changed(parts, taken.value, { isTaken: true });
      return written.ok ? await judgeChanges(parts, written.value) : written;
    }
    const removed = await removeCopy(parts, taken.value, true);
    if (!removed.ok) return removed;
    return await forgotten(parts, removed.value);
  });
}

async function forgotten(parts: FolderParts, state: FolderState): Promise<Result<null>> {
  const written = await changed(parts, state, { status: "empty", result: null, resultTree: null });
  if (!written.ok) return written;
  return await setRefs(state, { base: null, result: null });
}

/** What a copy is made of. */
interface Base {
  readonly commit: string;
  readonly tree: string;
  readonly words: string;
  readonly leftOut: readonly string[];
}

/** The caller's tree of now as a commit on its HEAD, and what it is in words. */
async function snapshotOf(parts: FolderParts, { root, gitDir, head }: Repository): Promise<Result<Base>> {
  const taken = await takeSnapshot({ root, gitDir }, { ...snapshotSettings(parts), without: [] });
  if (!taken.ok) return taken;
  const { tree, leftOut } = taken.value;
  const place = { cwd: root, gitDir };
  const against =
    head === null
      ? ["ls-tree", "-r", "-z", "--name-only", "--full-tree", tree]
      : ["diff-tree", "-r", "-z", "--name-only", head, tree, "--", ".", `:(exclude,top)${PLANS}`];
  const [commit, names] = await Promise.all([
    commitTree(place, tree, head, "The files that an agent of Bizar starts from"),
    git(place, against),
  ]);
  if (!commit.ok) return commit;
  if (names.code !== 0) return gitFailure("The changed files could not be counted", names);
  const count = listOf(names).length;
  const files = `${count} changed ${count === 1 ? "file" : "files"}`;
  const words = `${head === null ? "no commit" : head.slice(0, SHOWN_ID)}${count === 0 ? "" : ` + ${files}`}`;
  return done({ commit: commit.value, tree, words, leftOut });
}

async function notesOf(state: FolderState, leftOut: readonly string[]): Promise<string[]> {
  const hasModules = existsSync(join(state.original, ".gitmodules"));
  const listed = hasModules
    ? listOf(await git(storeOf(state), ["ls-tree", "-r", "-z", "--full-tree", state.base]))
    : [];
  const submodules = listed.flatMap((line) => (line.startsWith("160000 ") ? line.slice(line.indexOf("\t") + 1) : []));
  return [
    ...(leftOut.length === 0 ? [] : [`Not in the agent's folder: ${inWords(leftOut)}.`]),
    ...(submodules.length === 0 ? [] : [`Submodules are empty there: ${namesInWords(submodules)}.`]),
  ];
}

async function isInside(folder: string, root: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([realpath(folder), realpath(root)]);
  const path = relative(outer, inner);
  return path !== ".." && !path.startsWith(`..${sep}`);
}

/**
 * Removes the copy of an agent whose record goes. What nobody has decided on stays under its ref.
 */
export async function expireFolder(parts: FolderParts, instanceId: string): Promise<Result<null>> {
  const known = await parts.states.read(instanceId);
  if (known === undefined) return done(null);
  return await holding(parts, known.commonDir, async () => {
    const state = (await parts.states.read(instanceId)) ?? known;
    // Its repository is gone, or on a disk that is not there now: what was taken down so far is in it.
    const isLost = !existsSync(state.commonDir);
    const taken = isLost || state.status !== "open" ? done(state) : await takeResult(parts, state);
    if (!taken.ok) return taken;
    const removed = await removeCopy(parts, taken.value, true);
    if (!removed.ok) return removed;
    if (removed.value.status === "open" && !isEmpty(removed.value)) return done(null);
    if (!isLost) await setRefs(state, { base: null, result: null });
    await parts.states.remove(instanceId);
    return done(null);
  });
}
