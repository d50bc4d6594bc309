import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import { writeDurably } from "../files/durable-file.ts";
import { isMissing } from "../lib/is-missing.ts";
import { watchNames as watchFolder } from "../files/watch-names.ts";
import { onceMore } from "../lib/once-more.ts";
import { askForReview, decideReview, tellReview, type ChangeDecision, type ChangeReview } from "./change-review.ts";
import { changedFiles, filePatch, type ChangedFile } from "./changed-files.ts";
import { changed, holding, isoNow, storeOf, type FolderParts } from "./folder-parts.ts";
import type { FolderState } from "./folder-state.ts";
import { done, failure, type Result } from "./result.ts";
import { takeResult } from "./take-result.ts";

/** What was said on the page and not sent; each page knows what is in it. */
const ROUND_FILE = "round.json";

/** How often to look where the system watches nothing; also how long after an event, of which there may be a second. */
const POLL_MS = 1000;
/** How often to look beside the events, which not every file system has. */
const SLOW_LOOK_MS = 10_000;

/** Changes as people look at them, and what they are asked and decide. */
export class ChangeReviews {
  constructor(
    private readonly parts: FolderParts,
    private readonly watchNames: typeof watchFolder = watchFolder,
  ) {}

  /** What an agent has changed, file by file. */
  async files(state: FolderState): Promise<Result<ChangedFile[]>> {
    return await changedFiles(storeOf(state), state.baseTree, state.resultTree ?? state.baseTree);
  }

  /** One file of it, as a patch. */
  async patch(
    state: FolderState,
    trees: { readonly from: string; readonly to: string },
    file: Pick<ChangedFile, "path" | "oldPath">,
  ): Promise<Result<Uint8Array>> {
    return await filePatch(storeOf(state), trees, file);
  }

  /** The other agents whose changes are to go into the same tree, with the files that they have changed by now. */
  async others(of: FolderState): Promise<ReadonlyMap<string, readonly string[]>> {
    const others = new Map<string, readonly string[]>();
    for (const id of await this.parts.states.list()) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one lock for all of them
      const state = id === of.instanceId ? undefined : await this.#now(id, of);
      // oxlint-disable-next-line eslint/no-await-in-loop
      const files = state === undefined ? undefined : await this.files(state);
      if (files?.ok !== true || files.value.length === 0) continue;
      others.set(
        id,
        files.value.flatMap(({ path, oldPath }) => (oldPath === undefined ? path : [path, oldPath])),
      );
    }
    return others;
  }

  async #now(id: string, { commonDir, original }: FolderState): Promise<FolderState | undefined> {
    const known = await this.parts.states.read(id);
    if (known?.status !== "open" || known.commonDir !== commonDir || known.original !== original) return undefined;
    const taken = await holding(this.parts, commonDir, async () => await takeResult(this.parts, known));
    return taken.ok ? taken.value : known;
  }

  /** Whether only a person brings these changes back. */
  async isUsers(instanceId: string): Promise<boolean> {
    return (await this.parts.states.read(instanceId))?.appliedBy === "user";
  }

  /** Puts changes up for review. */
  async ask(instanceId: string, sessionId: string): Promise<Result<FolderState>> {
    return await this.#change(instanceId, ({ review }) => askForReview(review, sessionId, isoNow(this.parts)));
  }

  /** The session that asked knows what was decided up to then. */
  async told(instanceId: string, until: string): Promise<Result<FolderState>> {
    return await this.#change(instanceId, ({ review }) => tellReview(review, until));
  }

  /**
   * Notes that the session knows of everything up to `until`, where until now it knew of everything up to `from`.
   *
   * @returns whether it was so: of several processes one tells
   */
  async tellOnce(instanceId: string, from: string, until: string): Promise<Result<boolean>> {
    let isFirst = false;
    const told = await this.#change(instanceId, ({ review }) => {
      isFirst = review?.toldUntil === from;
      return review === undefined || !isFirst ? review : { ...review, toldUntil: until };
    });
    return told.ok ? done(isFirst) : told;
  }

  /** The agents whose changes wait for a person, or on which one has decided without the session knowing. */
  async underReview(): Promise<string[]> {
    const all = await Promise.all(
      (await this.parts.states.list()).map(async (id) => ({ id, review: await this.read(id).catch(() => undefined) })),
    );
    return all.flatMap(({ id, review }) => (review === undefined || isTold(review) ? [] : [id]));
  }

  /** An agent's review; `undefined`: nobody has asked for one. */
  async read(instanceId: string): Promise<ChangeReview | undefined> {
    return (await this.parts.states.read(instanceId))?.review;
  }

  /**
   * Tells of an agent's review as it is, and each time that it has changed; `undefined`: nobody has asked for one.
   *
   * @param slowLookMs how often to look beside the events of the file system, which not every one has; `null`: never
   */
  watch(
    instanceId: string,
    changed: (review: ChangeReview | undefined) => void,
    slowLookMs: number | null = SLOW_LOOK_MS,
  ): { close(): void } {
    const { states, clock } = this.parts;
    let told: string | undefined;
    let isClosed = false;
    let isWatched = true;
    let poll: { clear(): void } | undefined;
    const lookIn = (ms: number) => {
      poll?.clear();
      if (!isClosed) poll = clock.after(ms, look);
    };
    const look = onceMore(async () => {
      // Half a file is there for no moment, but a disk may fail for one.
      const state = await states.read(instanceId).catch(() => undefined);
      if (isClosed) return;
      if (slowLookMs !== null) lookIn(isWatched ? slowLookMs : POLL_MS);
      const text = JSON.stringify(state?.review ?? null);
      if (text !== told) changed(state?.review);
      told = text;
    });
    const seen = (name: string | null) => {
      // The folder is that of all agents.
      if (name?.startsWith(instanceId) === false) return;
      look();
      // Of a file that is put in its place only the beginning may be told.
      lookIn(POLL_MS);
    };
    const failed = () => {
      isWatched = false;
      look();
    };
    const watcher = this.watchNames(states.folder, seen, failed);
    look();
    return {
      close() {
        isClosed = true;
        poll?.clear();
        watcher.close();
      },
    };
  }

  /** A person has sent the changes back to the agent. */
  async decide(instanceId: string, decision: ChangeDecision): Promise<Result<FolderState>> {
    return await this.#change(instanceId, ({ review }) => decideReview(review, decision, isoNow(this.parts)));
  }

  async #change(
    instanceId: string,
    change: (state: FolderState) => FolderState["review"],
  ): Promise<Result<FolderState>> {
    const known = await this.parts.states.read(instanceId);
    if (known === undefined) return failure("no_folder", `The agent ${instanceId} has no folder of its own.`);
    return await holding(this.parts, known.commonDir, async () => {
      const state = (await this.parts.states.read(instanceId)) ?? known;
      const review = change(state);
      return review === state.review ? done(state) : await changed(this.parts, state, { review });
    });
  }

  /** What a person has said and marked and not sent; `undefined`: nothing. */
  async readRound(instanceId: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#roundPath(instanceId), "utf8"));
    } catch (error) {
      // Half of it, or a disk that does not read: what was said and not sent is all that is lost.
      if (isMissing(error) || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  async writeRound(instanceId: string, round: unknown): Promise<Result<null>> {
    if ((await this.parts.states.read(instanceId)) === undefined) {
      return failure("no_folder", `The agent ${instanceId} has no folder of its own.`);
    }
    try {
      await mkdir(this.parts.states.homeOf(instanceId), { recursive: true, mode: 0o700 });
      await writeDurably(this.#roundPath(instanceId), `${JSON.stringify(round)}\n`);
      return done(null);
    } catch (error) {
      return failure("disk", `What you said could not be kept: ${describeError(error)}`);
    }
  }

  #roundPath(instanceId: string): string {
    return join(this.parts.states.homeOf(instanceId), ROUND_FILE);
  }
}

function isTold({ decidedAt, toldUntil }: ChangeReview): boolean {
  return decidedAt !== null && decidedAt <= toldUntil;
}
