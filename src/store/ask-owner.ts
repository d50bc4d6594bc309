import { readFile, rm, stat, unlink, utimes } from "node:fs/promises";
import { ulid } from "ulid";
import * as z from "../lib/schema.ts";
import { mayLive } from "../processes/supervisor-identity.ts";
import { writeDurably } from "../files/durable-file.ts";
import { isTerminalRecord } from "./terminal-record.ts";
import type { RecordFolder } from "./record-folder.ts";
import { requestFile, requestText, signedContent, type OwnerRequest, type RequestFile } from "./request-files.ts";
import { decisionsFolder, type StatePaths } from "./state-paths.ts";
import { codeOf, makeUserKey } from "./user-key.ts";
import type { Clock } from "../lib/clock.ts";
import { withinLimit } from "../supervisor/within-limit.ts";
import { systemClock } from "../lib/system-clock.ts";
import { watchNames } from "../files/watch-names.ts";

/** How long the owner may take to notice a request, and again to do it. */
const ANSWER_LIMIT_MS = 10_000;
/** For what the watch does not tell: a missed event, the owner's death, the agent's own end. */
const FIRST_CHECK_MS = 50;
const SLOW_CHECK_MS = 500;

/** What came of a request: done, or `error` in words and why. */
export type OwnerAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** `ended`: there is nothing left to kill. `owner_gone`: it died, or there is no record. `unfinished`: taken. */
      readonly reason: "ended" | "owner_gone" | "no_reaction" | "unfinished" | "refused";
      readonly error: string;
    };

export interface AskingParts {
  readonly paths: StatePaths;
  readonly records: Pick<RecordFolder, "read">;
  readonly limitMs?: number;
  readonly clock?: Clock;
}

/**
 * Asks the process that owns an instance to do something, and settles when that has done it. What it did not take
 * within the limit is taken back: it will not happen later. Rejects only when the request cannot be written.
 */
export async function askOwner(parts: AskingParts, instanceId: string, request: OwnerRequest): Promise<OwnerAnswer> {
  const file = requestFile(parts.paths, instanceId, ulid());
  const changes = new Changes(parts.paths.recordDir, instanceId);
  try {
    await writeDurably(file.asked, requestText(await signed(parts.paths, file, request)));
    return (
      (await within(parts, async (late) => await untilTaken(parts, file, request, changes, late))) ??
      (await within(parts, async (late) => await untilDone(parts, file, changes, late))) ??
      (await readRefusal(file)) ?? { ok: true }
    );
  } finally {
    changes.close();
  }
}

/** An answer says by its code that it is this user's. */
async function signed({ stateDir }: StatePaths, file: RequestFile, request: OwnerRequest): Promise<OwnerRequest> {
  if (request.kind !== "answer") return request;
  const key = await makeUserKey(decisionsFolder(stateDir));
  return { ...request, code: codeOf(signedContent(file, request), key) };
}

async function within<T>(
  { clock = systemClock, limitMs }: AskingParts,
  run: (late: AbortSignal) => Promise<T>,
): Promise<T> {
  return await withinLimit(clock, limitMs ?? ANSWER_LIMIT_MS, run);
}

async function untilTaken(
  parts: AskingParts,
  file: RequestFile,
  request: OwnerRequest,
  changes: Changes,
  late: AbortSignal,
): Promise<OwnerAnswer | undefined> {
  while (await isThere(file.asked)) {
    const obstacle = (await obstacleOf(parts, file, request)) ?? (late.aborted ? noReaction : undefined);
    // Taken in this very moment: then it is being done.
    if (obstacle !== undefined) return (await takeBack(file)) ? obstacle : undefined;
    // Nothing came: another event, for an owner that missed the first one.
    if (!(await changes.next())) await utimes(file.asked, new Date(), new Date()).catch(() => undefined);
  }
  return undefined;
}

async function untilDone(
  parts: AskingParts,
  file: RequestFile,
  changes: Changes,
  late: AbortSignal,
): Promise<OwnerAnswer | undefined> {
  while (await isThere(file.taken)) {
    if ((await ownerOf(parts, file)) === "gone") {
      await rm(file.taken, { force: true });
      return { ok: false, reason: "owner_gone", error: "The opencode that runs this agent died over the request." };
    }
    if (late.aborted) {
      const error = "The opencode that runs this agent has taken the request and is still at it. Look again later.";
      return { ok: false, reason: "unfinished", error };
    }
    await changes.next();
  }
  return undefined;
}

const noReaction: OwnerAnswer = {
  ok: false,
  reason: "no_reaction",
  error:
    "The opencode that runs this agent did not react to the request, which was taken back. " +
    "It may be stopped or very busy: try again, or end the agent from there.",
};

async function obstacleOf(
  { records }: AskingParts,
  { instanceId }: RequestFile,
  request: OwnerRequest,
): Promise<OwnerAnswer | undefined> {
  const record = await records.read(instanceId);
  if (record === undefined) return { ok: false, reason: "owner_gone", error: "The agent's record is gone." };
  if ((request.kind === "kill" || request.kind === "answer") && isTerminalRecord(record)) {
    return { ok: false, reason: "ended", error: "The agent has ended by itself." };
  }
  if (mayLive(record.supervisor)) return undefined;
  return { ok: false, reason: "owner_gone", error: "The opencode that ran this agent has died." };
}

async function ownerOf({ records }: AskingParts, { instanceId }: RequestFile): Promise<"gone" | "there"> {
  const record = await records.read(instanceId);
  return record !== undefined && mayLive(record.supervisor) ? "there" : "gone";
}

/** Whether the request is ours again; not when the owner was faster. */
async function takeBack(file: RequestFile): Promise<boolean> {
  return await unlink(file.asked).then(
    () => true,
    () => false,
  );
}

async function readRefusal(file: RequestFile): Promise<OwnerAnswer | undefined> {
  const text = await readFile(file.refusal, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  await rm(file.refusal, { force: true });
  const { error } = z.object({ error: z.string() }).parse(JSON.parse(text));
  return { ok: false, reason: "refused", error };
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** The changes of an instance's files, and a tick now and then while there are none. */
class Changes {
  readonly #watcher: { close(): void };
  #changed = Promise.withResolvers<boolean>();
  #checkMs = FIRST_CHECK_MS;

  constructor(folder: string, instanceId: string) {
    const changed = (name: string | null) => {
      if (name?.startsWith(instanceId) ?? true) this.#changed.resolve(true);
    };
    // Without a watch the slow check is left.
    this.#watcher = watchNames(folder, changed, () => undefined);
  }

  /** Settles with whether something changed. */
  async next(): Promise<boolean> {
    const changed = await Promise.race([this.#changed.promise, Bun.sleep(this.#checkMs).then(() => false)]);
    if (!changed) this.#checkMs = Math.min(this.#checkMs * 2, SLOW_CHECK_MS);
    this.#changed = Promise.withResolvers();
    return changed;
  }

  close(): void {
    this.#watcher.close();
  }
}
