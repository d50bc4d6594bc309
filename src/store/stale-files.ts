import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { Slices } from "../lib/slices.ts";
import type { InstanceRecord } from "./record.ts";
import { logParts } from "./rotate-files.ts";
import type { FolderListing, StateListing } from "./state-listing.ts";
import { ASIDE_ENDING } from "./set-aside.ts";

/** How long what has ended is kept: 7 days. */
export const KEPT_MS = 7 * 86_400_000;
/** A write takes milliseconds: what is left of one after this was left by a process that died over it. */
const UNFINISHED_MS = 3_600_000;
const LOOKED_AT_AT_ONCE = 32;

const INSTANCE = "bgr_[0-7][0-9A-HJKMNP-TV-Z]{25}";
const SESSION = "ses_[A-Za-z0-9]{1,64}";

const INSTANCE_FILE = new RegExp(`^(${INSTANCE})\\.[\\w.-]+$`);
const RECORD = new RegExp(`^(${INSTANCE})\\.json$`);
const RECORD_ASIDE = new RegExp(`^(${INSTANCE})\\.json${ASIDE_ENDING}$`);
const CLAIM = /\.json\.claim(?:\.|$)/;
const INSTANCE_LOG = new RegExp(`^(${INSTANCE})\\.log(?:\\.[1-3])?$`);
const SESSION_LOG = new RegExp(`^${SESSION}\\.log(?:\\.[1-3])?$`);
const SERVER_LOG = /^warm-server-wrm_[0-7][0-9A-HJKMNP-TV-Z]{25}\.log(?:\.[1-3])?$/;
const SESSION_STATE = new RegExp(`^${SESSION}(?:\\.notes)?\\.json$`);
const ASIDE = new RegExp(
  `^(?:${INSTANCE}\\.[\\w-]+(?:\\.json)?|${SESSION}\\.json|plan-settings\\.json)${ASIDE_ENDING}$`,
);
// Behind the name of the file that was to be replaced, a number of 32 bits.
const UNFINISHED_INSTANCE = new RegExp(
  `^${INSTANCE}\\.(?:json(?:\\.claim(?:\\.[0-9A-Z]{6,})*)?|result\\.md|live|answers|[a-z]+-[\\w-]+\\.json)\\.\\d{1,10}$`,
);
const UNFINISHED_SESSION = new RegExp(`^${SESSION}(?:\\.notes)?\\.json\\.\\d{1,10}$`);
/** The last change of a file, a hold on one, and what is left of a write of either. */
const CHANGE = /^[0-9a-f]{32}\.(?:json|lock|\d{1,10}|lock\.\d{1,10})$/;
const UNFINISHED_SETTINGS = /^plan-settings\.json\.\d{1,10}$/;

/** A file that nobody needs any more. */
export interface StaleFile {
  readonly path: string;
  readonly bytes: number;
  readonly why: "old agent" | "old change" | "old server" | "old session" | "set aside" | "unfinished write";
}

/** What a file is by its name, and how long nobody must have touched it. */
interface Kind {
  readonly why: StaleFile["why"];
  readonly forMs: number;
}

/**
 * The files that nobody needs any more, those of records left out: guard state and tool logs of sessions, and changes of
 * files, untouched for 7 days, what belongs to no record, or held nothing of use when it was set aside, and is as old, and what is left of
 * writes that were never finished.
 */
export async function staleFiles(listing: StateListing, now: number): Promise<StaleFile[]> {
  const { records, logs, sessions, changes, root } = listing;
  const slices = new Slices();
  const known = new Set<string>();
  for (const name of records.names) {
    const instanceId = instanceWithRecord(name, now);
    if (instanceId !== undefined) known.add(instanceId);
    await slices.giveWay();
  }
  const ofNobody = (pattern: RegExp, name: string) => {
    const [, instanceId] = pattern.exec(name) ?? [];
    return instanceId !== undefined && !known.has(instanceId);
  };
  const inRecords = (name: string) => {
    if (UNFINISHED_INSTANCE.test(name)) return unfinishedWrite;
    return ofNobody(INSTANCE_FILE, name) ? old("old agent") : undefined;
  };
  const inLogs = (name: string) => {
    if (SESSION_LOG.test(name)) return old("old session");
    if (SERVER_LOG.test(name)) return old("old server");
    return ofNobody(INSTANCE_LOG, name) ? old("old agent") : undefined;
  };
  return [
    ...(await untouched(records, inRecords, now, slices)),
    ...(await untouched(logs, inLogs, now, slices)),
    ...(await untouched(sessions, inSessions, now, slices)),
    ...(await untouched(changes, inChanges, now, slices)),
    ...(await untouched(root, inRoot, now, slices)),
  ];
}

function inSessions(name: string): Kind | undefined {
  if (UNFINISHED_SESSION.test(name)) return unfinishedWrite;
  return SESSION_STATE.test(name) ? old("old session") : undefined;
}

function inChanges(name: string): Kind | undefined {
  return CHANGE.test(name) ? old("old change") : undefined;
}

function inRoot(name: string): Kind | undefined {
  return UNFINISHED_SETTINGS.test(name) ? unfinishedWrite : undefined;
}

const unfinishedWrite: Kind = { why: "unfinished write", forMs: UNFINISHED_MS };

function old(why: StaleFile["why"]): Kind {
  return { why, forMs: KEPT_MS };
}

/** The files of every instance by its id, but for claims, which are for the one who holds them to remove. */
export async function filesByInstance({ records, logs }: StateListing): Promise<Map<string, string[]>> {
  const slices = new Slices();
  const found = new Map<string, string[]>();
  const add = async ({ folder, names }: FolderListing, pattern: RegExp) => {
    for (const name of names) {
      const [, instanceId] = CLAIM.test(name) ? [] : (pattern.exec(name) ?? []);
      if (instanceId !== undefined) found.set(instanceId, [...(found.get(instanceId) ?? []), join(folder, name)]);
      await slices.giveWay();
    }
  };
  await add(records, INSTANCE_FILE);
  await add(logs, INSTANCE_LOG);
  return found;
}

/**
 * What there is of one instance: first the record, so that none is ever seen without its result. Its log may lie in the
 * folder of a host that keeps its logs elsewhere.
 */
export async function filesOf(
  { instanceId, logPath }: Pick<InstanceRecord, "instanceId" | "logPath">,
  listed: readonly string[],
): Promise<StaleFile[]> {
  const elsewhere = logParts(logPath).filter((path) => INSTANCE_LOG.exec(basename(path))?.[1] === instanceId);
  const own = [...new Set([...listed, ...elsewhere])].toSorted((a, b) => recordFirst(b) - recordFirst(a));
  const files = await Promise.all(own.map(async (path) => ({ path, seen: await look(path) })));
  return files.flatMap(({ path, seen }) => (seen === undefined ? [] : { path, bytes: seen.bytes, why: "old agent" }));
}

function recordFirst(path: string): number {
  return Number(RECORD.test(basename(path)));
}

/** The instance that has a record of this name, or had one that was set aside within the time things are kept. */
function instanceWithRecord(name: string, now: number): string | undefined {
  const [, setAside, at] = RECORD_ASIDE.exec(name) ?? [];
  if (setAside !== undefined) return now - Number(at) > KEPT_MS ? undefined : setAside;
  // Whatever it is, a link or a newer version's: it may be somebody's.
  return RECORD.exec(name)?.[1];
}

/** The regular files of such names that nobody has written to, or set aside, for so long. */
async function untouched(
  { folder, names }: FolderListing,
  kindOf: (name: string) => Kind | undefined,
  now: number,
  slices: Slices,
): Promise<StaleFile[]> {
  const stale: StaleFile[] = [];
  for (let start = 0; start < names.length; start += LOOKED_AT_AT_ONCE) {
    await slices.giveWay();
    const batch = names.slice(start, start + LOOKED_AT_AT_ONCE).map(async (name) => {
      // A record that is set aside keeps its time of writing: what counts is when somebody was told where it is.
      const at = asideAt(name);
      const kind = at === undefined ? kindOf(name) : old("set aside");
      if (kind === undefined || now - (at ?? 0) <= kind.forMs) return [];
      const path = join(folder, name);
      const seen = await look(path);
      const isStale = seen !== undefined && now - seen.writtenAt > kind.forMs;
      return isStale ? [{ path, bytes: seen.bytes, why: kind.why }] : [];
    });
    stale.push(...(await Promise.all(batch)).flat());
  }
  return stale;
}

function asideAt(name: string): number | undefined {
  const [, at] = ASIDE.exec(name) ?? [];
  return at === undefined ? undefined : Number(at);
}

async function look(path: string): Promise<{ readonly bytes: number; readonly writtenAt: number } | undefined> {
  try {
    const status = await lstat(path);
    return status.isFile() ? { bytes: status.size, writtenAt: status.mtimeMs } : undefined;
  } catch {
    // Gone since, or not to be looked at: then it is not to be removed either.
    return undefined;
  }
}
