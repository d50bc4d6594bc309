import { lstat } from "node:fs/promises";
import { basename } from "node:path";
import type { InstanceRecord } from "./record.ts";
import { logParts } from "./rotate-files.ts";
import type { NamedFile, StateListing } from "./state-listing.ts";

/** How long what has ended is kept: 7 days. */
export const KEPT_MS = 7 * 86_400_000;
/** A write takes milliseconds: what is left of one after this was left by a process that died over it. */
const UNFINISHED_MS = 3_600_000;

const INSTANCE = "bgr_[0-7][0-9A-HJKMNP-TV-Z]{25}";
const SESSION = "ses_[A-Za-z0-9]{1,64}";

const INSTANCE_FILE = new RegExp(`^(${INSTANCE})\\.[\\w.-]+$`);
const RECORD = new RegExp(`^(${INSTANCE})\\.json$`);
const SET_ASIDE = new RegExp(`^(${INSTANCE})\\.json\\.corrupt-(\\d{13})$`);
const CLAIM = /\.json\.claim(?:\.|$)/;
const INSTANCE_LOG = new RegExp(`^(${INSTANCE})\\.log(?:\\.[1-3])?$`);
const SESSION_LOG = new RegExp(`^${SESSION}\\.log(?:\\.[1-3])?$`);
const SERVER_LOG = /^warm-server-wrm_[0-7][0-9A-HJKMNP-TV-Z]{25}\.log(?:\.[1-3])?$/;
const SESSION_STATE = new RegExp(`^${SESSION}\\.json$`);
// write-file-atomic 8.0.0 adds a number of 32 bits to the name of the file that it replaces.
const UNFINISHED_INSTANCE = new RegExp(
  `^${INSTANCE}\\.(?:json(?:\\.claim(?:\\.[0-9A-Z]{6,})*)?|result\\.md|[a-z]+-[\\w-]+\\.json)\\.\\d{1,10}$`,
);
const UNFINISHED_SESSION = new RegExp(`^${SESSION}\\.json\\.\\d{1,10}$`);
const UNFINISHED_SETTINGS = /^plan-settings\.json\.\d{1,10}$/;

/** A file that nobody needs any more. */
export interface StaleFile {
  readonly path: string;
  readonly bytes: number;
  readonly why: "old agent" | "old server" | "old session" | "unfinished write";
}

/**
 * The files that nobody needs any more, those of records left out: guard state and tool logs of sessions untouched for
 * 7 days, what belongs to no record and is as old, and what is left of writes that were never finished.
 */
export async function staleFiles(listing: StateListing, now: number): Promise<StaleFile[]> {
  const { records, logs, sessions, root } = listing;
  const known = new Set(records.flatMap(({ name }) => instanceWithRecord(name, now) ?? []));
  const isNobodys = (pattern: RegExp) => (name: string) => {
    const [, instanceId] = pattern.exec(name) ?? [];
    return instanceId !== undefined && !known.has(instanceId) && !UNFINISHED_INSTANCE.test(name);
  };
  const found = await Promise.all([
    untouched(records, (name) => UNFINISHED_INSTANCE.test(name), UNFINISHED_MS, "unfinished write", now),
    untouched(sessions, (name) => UNFINISHED_SESSION.test(name), UNFINISHED_MS, "unfinished write", now),
    untouched(root, (name) => UNFINISHED_SETTINGS.test(name), UNFINISHED_MS, "unfinished write", now),
    untouched(records, isNobodys(INSTANCE_FILE), KEPT_MS, "old agent", now),
    untouched(logs, isNobodys(INSTANCE_LOG), KEPT_MS, "old agent", now),
    untouched(logs, (name) => SESSION_LOG.test(name), KEPT_MS, "old session", now),
    untouched(logs, (name) => SERVER_LOG.test(name), KEPT_MS, "old server", now),
    untouched(sessions, (name) => SESSION_STATE.test(name), KEPT_MS, "old session", now),
  ]);
  return found.flat();
}

/**
 * Every file of one instance but its claims, which are for the one who holds them to remove: first the record, so that
 * none is ever seen without its result. Its log may lie in the folder of a host that keeps its logs elsewhere.
 */
export async function filesOf(
  { records, logs }: StateListing,
  { instanceId, logPath }: Pick<InstanceRecord, "instanceId" | "logPath">,
): Promise<StaleFile[]> {
  const parts = logParts(logPath).map((path) => ({ name: basename(path), path }));
  const elsewhere = parts.filter(({ path }) => !logs.some((file) => file.path === path));
  const own = [
    ...records.filter(({ name }) => INSTANCE_FILE.exec(name)?.[1] === instanceId && !CLAIM.test(name)),
    ...[...logs, ...elsewhere].filter(({ name }) => INSTANCE_LOG.exec(name)?.[1] === instanceId),
  ];
  const files = await Promise.all(own.toSorted((a, b) => recordFirst(b) - recordFirst(a)).map((file) => look(file)));
  return files.flatMap((file) => (file === undefined ? [] : { path: file.path, bytes: file.bytes, why: "old agent" }));
}

function recordFirst({ name }: NamedFile): number {
  return Number(RECORD.test(name));
}

/** The instance that has a record of this name, or had one that was set aside within the time things are kept. */
function instanceWithRecord(name: string, now: number): string | undefined {
  const [, setAside, at] = SET_ASIDE.exec(name) ?? [];
  if (setAside !== undefined) return now - Number(at) > KEPT_MS ? undefined : setAside;
  // Whatever it is, a link or a newer version's: it may be somebody's.
  return RECORD.exec(name)?.[1];
}

/** The regular files of such names that nobody has written to for so long. */
async function untouched(
  files: readonly NamedFile[],
  isMeant: (name: string) => boolean,
  forMs: number,
  why: StaleFile["why"],
  now: number,
): Promise<StaleFile[]> {
  const seen = await Promise.all(files.filter(({ name }) => isMeant(name)).map((file) => look(file)));
  return seen.flatMap((file) =>
    file === undefined || now - file.writtenAt <= forMs ? [] : { path: file.path, bytes: file.bytes, why },
  );
}

async function look({ path }: NamedFile): Promise<{ path: string; bytes: number; writtenAt: number } | undefined> {
  try {
    const status = await lstat(path);
    return status.isFile() ? { path, bytes: status.size, writtenAt: status.mtimeMs } : undefined;
  } catch {
    // Gone since, or not to be looked at: then it is not to be removed either.
    return undefined;
  }
}
