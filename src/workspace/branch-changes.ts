import { decideReview } from "./change-review.ts";
import { changed, deciding, isoNow, originalOf, storeOf, type FolderParts } from "./folder-parts.ts";
import { setRefs } from "./folder-refs.ts";
import type { FolderState } from "./folder-state.ts";
import { currentResult } from "./apply-changes.ts";
import { git, gitFailure, OWN_NAME, textOf, type GitPlace } from "./git.ts";
import { done, type Result } from "./result.ts";
import { commitTree, PLANS } from "./snapshot.ts";
import { removeCopy } from "./take-result.ts";
import { mergeTrees, treeOf, withPathsOf } from "./tree-changes.ts";

/** A branch with what an agent has done. */
export interface Branched {
  readonly branch: string;
  /** Whether it stands on the caller's commit alone; else on what the caller had changed since as well. */
  readonly isOnHead: boolean;
}

const PREFIX = "bizar";
const SHOWN_ID = 6;
const LONGEST_NAME = 40;

/** Commits an agent's changes to a branch of their own, whose name tells of them. No file of the caller is touched. */
export async function branchChanges(parts: FolderParts, instanceId: string): Promise<Result<Branched>> {
  return await deciding(parts, instanceId, async (state) => {
    const current = await currentResult(parts, state);
    return current.ok ? await commitBranch(parts, current.value) : current;
  });
}

async function commitBranch(parts: FolderParts, state: FolderState): Promise<Result<Branched>> {
  const place = storeOf(state);
  const result = state.result ?? state.base;
  const head = await headOf(state);
  const onHead = head === null ? null : await onCommit(place, state, head, result);
  if (onHead !== null && !onHead.ok) return onHead;
  const parent =
    onHead?.value === undefined || onHead.value === null ? await wholeBase(place, state, head) : done(head);
  if (!parent.ok) return parent;
  const tree = onHead?.value ?? (await withPlans(place, result, head));
  const whole = typeof tree === "string" ? done(tree) : tree;
  if (!whole.ok) return whole;
  const commit = await commitAsUser(state, whole.value, parent.value);
  if (!commit.ok) return commit;
  const branch = await makeBranch(state, commit.value, whole.value);
  if (!branch.ok) return branch;
  const written = await changed(parts, state, { branch: branch.value });
  return written.ok ? done({ branch: branch.value, isOnHead: parent.value === head }) : written;
}

/** A branch of that name may hold the same already, or by now something of somebody else's. */
async function makeBranch(state: FolderState, commit: string, tree: string): Promise<Result<string>> {
  const place = originalOf(state);
  // A branch of that name leaves no room below it.
  const isTaken = (await git(place, ["rev-parse", "--quiet", "--verify", `refs/heads/${PREFIX}`])).code === 0;
  const name = `${PREFIX}${isTaken ? "-" : "/"}${nameOf(state)}`;
  for (let number = 1; ; number++) {
    const branch = number === 1 ? name : `${name}-${number}`;
    const there = await git(place, ["rev-parse", "--quiet", "--verify", `refs/heads/${branch}^{tree}`]);
    if (there.code === 0 && textOf(there) === tree) return done(branch);
    if (there.code === 0) continue;
    const made = await git(place, ["branch", "--no-track", "--", branch, commit]);
    return made.code === 0 ? done(branch) : gitFailure(`The branch ${branch} could not be made`, made);
  }
}

async function headOf(state: FolderState): Promise<string | null> {
  const head = await git(originalOf(state), ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]);
  return head.code === 0 ? textOf(head) : null;
}

/** The tree of the caller's commit with the agent's changes alone; `null`: they need what is not committed. */
async function onCommit(
  place: GitPlace,
  state: FolderState,
  head: string,
  result: string,
): Promise<Result<string | null>> {
  const tree = await withoutPlans(place, state, head);
  if (!tree.ok) return tree;
  const ours = await commitTree(place, tree.value, state.base, "The caller's commit");
  if (!ours.ok) return ours;
  const merged = await mergeTrees(place, ours.value, result);
  if (!merged.ok) return merged;
  return merged.value.conflicts.length > 0 ? done(null) : await withPlans(place, merged.value.tree, head);
}

/** Snapshots have no plans: a commit beside them has none either, while the two are compared. */
async function withoutPlans(place: GitPlace, state: FolderState, head: string): Promise<Result<string>> {
  const listed = await git(place, ["ls-tree", "-z", "--full-tree", head]);
  if (listed.code !== 0) return gitFailure(`${state.original} could not be read`, listed);
  const lines = new TextDecoder()
    .decode(listed.stdout)
    .split("\0")
    .filter((line) => line !== "" && !line.endsWith(`\t${PLANS}`));
  const made = await git(place, ["mktree", "-z"], { stdin: lines.map((line) => `${line}\0`).join("") });
  return made.code === 0 ? done(textOf(made)) : gitFailure(`${state.original} could not be read`, made);
}

async function withPlans(place: GitPlace, tree: string, head: string | null): Promise<Result<string>> {
  if (head === null) return await treeOf(place, tree);
  return await withPathsOf(place, tree, head, [PLANS]);
}

/** What the agent started from, as a commit that people may see. */
async function wholeBase(place: GitPlace, state: FolderState, head: string | null): Promise<Result<string>> {
  const tree = await withPlans(place, state.base, head);
  return tree.ok ? await commitTree(place, tree.value, head, "Files as they were, not committed") : tree;
}

async function commitAsUser(state: FolderState, tree: string, parent: string | null): Promise<Result<string>> {
  const place = originalOf(state);
  const named = await git(place, ["var", "GIT_COMMITTER_IDENT"]);
  const parents = parent === null ? [] : ["-p", parent];
  const run = await git(place, ["commit-tree", tree, ...parents], {
    stdin: `${state.title.split("\n", 1)[0]}\n`,
    ...(named.code === 0 ? {} : { environment: OWN_NAME }),
  });
  return run.code === 0 ? done(textOf(run)) : gitFailure("The commit could not be made", run);
}

function nameOf({ title, instanceId }: FolderState): string {
  const words = title
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_NAME);
  const name = words.replaceAll(/^-+|-+$/g, "");
  return `${name === "" ? "" : `${name}-`}${instanceId.slice(-SHOWN_ID).toLowerCase()}`;
}

/** Removes an agent's folder and everything that keeps its changes. May be repeated. */
export async function discardChanges(parts: FolderParts, instanceId: string, note?: string): Promise<Result<null>> {
  return await deciding(parts, instanceId, async (state) => {
    const removed = await removeCopy(parts, state, true);
    if (!removed.ok) return removed;
    // What is in the caller's files stays there.
    const written = await changed(parts, removed.value, {
      status: state.status === "applied" ? "applied" : "discarded",
      result: null,
      resultTree: null,
      update: null,
      review: decideReview(state.review, { decision: "discarded", note }, isoNow(parts)),
    });
    if (!written.ok) return written;
    return await setRefs(state, { base: null, result: null });
  });
}
