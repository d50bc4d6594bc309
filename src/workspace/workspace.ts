import { existsSync } from "node:fs";
import { decodeTime } from "ulid";
import type { Changes } from "../supervisor/own-folder.ts";
import { applyChanges, type Applied, type ApplySettings } from "./apply-changes.ts";
import { branchChanges, discardChanges, type Branched } from "./branch-changes.ts";
import { ChangeReviews } from "./change-reviews.ts";
import { removeOldKept } from "./kept-tree.ts";
import { holding, type FolderParts } from "./folder-parts.ts";
import type { FolderState } from "./folder-state.ts";
import {
  beginFolder,
  cancelFolder,
  expireFolder,
  finishTurn,
  prepareCopy,
  type Begun,
  type FolderRequest,
  type Preparation,
} from "./own-folders.ts";
import { done, type Result } from "./result.ts";
import { judgeChanges, removeCopy, takeResult } from "./take-result.ts";
import {
  diffFolder,
  packFolder,
  unpackFolder,
  type CameBack,
  type FolderDifference,
  type PackedFolder,
} from "./travel.ts";
import { updateCopy, type Updated } from "./update-copy.ts";
import { goingPathOf, removeFolder } from "./worktree.ts";

/** What is in an agent's folder now. */
export interface FolderView {
  readonly state: FolderState;
  /** Absent: nothing. */
  readonly changes: Changes | undefined;
}

/** What housekeeping has come to. */
export interface Swept {
  readonly removed: readonly string[];
  readonly failed: readonly string[];
}

/** Between the making of a folder and of its agent's record no more than moments pass. */
const WITHOUT_RECORD_MS = 3_600_000;
const ID_PREFIX = 4;

/** The folders that agents have of their own. */
export class Workspace {
  /** What people are asked about changes, and decide. */
  readonly reviews: ChangeReviews;

  /** @param applied is told when what an agent had done is in the caller's folder */
  constructor(
    readonly parts: FolderParts,
    private readonly applied: (instanceId: string) => void = () => undefined,
  ) {
    this.reviews = new ChangeReviews(parts);
  }

  /** Takes down the caller's tree of this moment for an agent that is about to be started. */
  async begin(request: FolderRequest): Promise<Result<Begun>> {
    return await beginFolder(this.parts, request);
  }

  /** Takes that back. */
  async cancel(instanceId: string): Promise<void> {
    await cancelFolder(this.parts, instanceId);
  }

  /** Sees to it that an agent's copy is there. */
  async prepare(instanceId: string, run?: Partial<Preparation>): Promise<Result<FolderState>> {
    return await prepareCopy(this.parts, instanceId, run);
  }

  /** Takes down what a turn has left, and removes a copy in which nothing was changed. */
  async finish(instanceId: string): Promise<Result<Changes | null>> {
    return await finishTurn(this.parts, instanceId);
  }

  /** An agent's folder, packed for a copy of it elsewhere. */
  async pack(instanceId: string): Promise<Result<PackedFolder>> {
    return await packFolder(this.parts, instanceId);
  }

  /** An agent's folder, as it differs from a commit that another clone has as well. */
  async diff(instanceId: string): Promise<Result<FolderDifference>> {
    return await diffFolder(this.parts, instanceId);
  }

  /** Puts what came back from there into it, as {@link unpackFolder} does. */
  async unpack(instanceId: string, came?: CameBack): Promise<Result<readonly string[]>> {
    return await unpackFolder(this.parts, instanceId, came);
  }

  /**
   * What an agent's last turn has made of its folder, judged against the caller's tree of now; `null`: it has none. What
   * a person has changed in the folder since is found by {@link look}.
   */
  async judge(instanceId: string): Promise<Result<FolderView | null>> {
    const state = await this.parts.states.read(instanceId);
    if (state?.status !== "open" || state.isTaken !== true || state.update !== null) return await this.look(instanceId);
    return await this.#judged(state);
  }

  /** What is in an agent's folder, judged against the caller's tree of now; `null`: it has none. */
  async look(instanceId: string): Promise<Result<FolderView | null>> {
    const known = await this.parts.states.read(instanceId);
    if (known === undefined) return done(null);
    return await holding(this.parts, known.commonDir, async () => {
      const state = (await this.parts.states.read(instanceId)) ?? known;
      if (state.status !== "open") return done({ state, changes: undefined });
      const taken = await takeResult(this.parts, state);
      return taken.ok ? await this.#judged(taken.value) : taken;
    });
  }

  async #judged(state: FolderState): Promise<Result<FolderView>> {
    const changes = await judgeChanges(this.parts, state);
    return changes.ok ? done({ state, changes: changes.value ?? undefined }) : changes;
  }

  async apply(instanceId: string, settings?: ApplySettings): Promise<Result<Applied>> {
    const applied = await applyChanges(this.parts, instanceId, settings);
    if (applied.ok) this.applied(instanceId);
    return applied;
  }

  async branch(instanceId: string): Promise<Result<Branched>> {
    return await branchChanges(this.parts, instanceId);
  }

  async update(instanceId: string): Promise<Result<Updated>> {
    return await updateCopy(this.parts, instanceId);
  }

  async discard(instanceId: string, note?: string): Promise<Result<null>> {
    return await discardChanges(this.parts, instanceId, note);
  }

  /** The folders that are there, or whose work is kept. */
  async list(): Promise<FolderState[]> {
    const states = await Promise.all((await this.parts.states.list()).map((id) => this.parts.states.read(id)));
    return states.filter((state) => state !== undefined);
  }

  /**
   * Removes the folders of agents whose record has gone, and what was left by one who died over a removal. What nobody has
   * decided on stays under its ref.
   *
   * @param hasRecord whether there is anything of a record under an id
   * @returns the folders that were removed, or would be, and why others could not be: one does not keep the rest
   */
  async sweep(hasRecord: (instanceId: string) => Promise<boolean>, dryRun = false): Promise<Swept> {
    const swept = { removed: [] as string[], failed: [] as string[] };
    for (const instanceId of await this.parts.states.list()) {
      const state = await this.parts.states.read(instanceId);
      // Of a newer version, or lost: there may be work in it, and nobody here knows of what.
      if (state === undefined) continue;
      const isOrphan = this.#isOrphan(instanceId, state) && !(await hasRecord(instanceId));
      if (!isOrphan && !isLeftOver(state)) continue;
      const gone = dryRun ? done(null) : await (isOrphan ? expireFolder(this.parts, instanceId) : this.#tidy(state));
      if (gone.ok) swept.removed.push(this.parts.states.homeOf(instanceId));
      else swept.failed.push(`The folder of ${instanceId} could not be removed. ${gone.error}`);
    }
    if (!dryRun) await removeOldKept(this.parts.states.folder, this.parts.clock.now());
    return swept;
  }

  /** Its agent may have gone on meanwhile, in a copy that is made anew. */
  async #tidy({ instanceId, commonDir }: FolderState): Promise<Result<null>> {
    return await holding(this.parts, commonDir, async () => {
      const state = await this.parts.states.read(instanceId);
      if (state === undefined || !isLeftOver(state)) return done(null);
      if (!isOver(state)) {
        await removeFolder(goingPathOf(state.copy));
        return done(null);
      }
      const removed = await removeCopy(this.parts, state, state.status !== "applied");
      return removed.ok ? done(null) : removed;
    });
  }

  #isOrphan(instanceId: string, state: FolderState): boolean {
    const isKeptOnly = state.status === "open" && state.copyGitDir === null && state.result !== null;
    if (isKeptOnly && !existsSync(this.parts.states.homeOf(instanceId))) return false;
    return this.parts.clock.now() - decodeTime(instanceId.slice(ID_PREFIX)) > WITHOUT_RECORD_MS;
  }
}

/** Decided on, and its copy is there all the same, or what git keeps of it. */
function isOver({ status, leftOut, copyGitDir }: FolderState): boolean {
  return status !== "open" && leftOut.length === 0 && copyGitDir !== null;
}

/** Whether somebody died over the removal of a copy. */
function isLeftOver(state: FolderState): boolean {
  return isOver(state) || existsSync(goingPathOf(state.copy));
}
