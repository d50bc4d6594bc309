/** More of them say nothing new. */
export const MOST_REFUSED = 20;
/** So many are named, the others counted. */
export const MOST_CHANGED_FILES = 30;
const LAST_CALLS = 5;

/** What an agent has done in its turn, its native subagents included, however that ends. */
export interface Deeds {
  /** The calls that were not allowed, in a line each. */
  readonly refused: readonly string[];
  /** The files that its edits, writes and patches have changed, as those in its folder write them. */
  readonly changedFiles: readonly string[];
  /** How many it has changed beside those. */
  readonly moreChangedFiles: number;
  /** Its last calls in a line each, the newest last. */
  readonly lastCalls: readonly string[];
}

export const noDeeds: Deeds = { refused: [], changedFiles: [], moreChangedFiles: 0, lastCalls: [] };

/** What was done in a turn, and in one that goes on with it. */
export function addDeeds(earlier: Deeds, now: Deeds): Deeds {
  return {
    ...joinDeeds(earlier, now, earlier.moreChangedFiles + now.moreChangedFiles),
    lastCalls: lastOf([...earlier.lastCalls, ...now.lastCalls]),
  };
}

/** What is known now, with nothing left out that was known before. */
export function neverLessDeeds(before: Deeds, now: Deeds): Deeds {
  return {
    ...joinDeeds(before, now, Math.max(before.moreChangedFiles, now.moreChangedFiles)),
    lastCalls: now.lastCalls.length === 0 ? before.lastCalls : now.lastCalls,
  };
}

/** The last ones of many calls. */
export function lastOf(calls: readonly string[]): readonly string[] {
  return calls.slice(-LAST_CALLS);
}

/** The calls that were not allowed so far, and more of them: each once, in the order in which they came. */
export function joinRefused(known: readonly string[], ...more: readonly (string | undefined)[]): readonly string[] {
  return join(known, more).slice(0, MOST_REFUSED);
}

function joinDeeds(before: Deeds, now: Deeds, moreChangedFiles: number): Omit<Deeds, "lastCalls"> {
  const files = join(before.changedFiles, now.changedFiles);
  return {
    refused: joinRefused(before.refused, ...now.refused),
    changedFiles: files.slice(0, MOST_CHANGED_FILES),
    moreChangedFiles: moreChangedFiles + Math.max(0, files.length - MOST_CHANGED_FILES),
  };
}

function join(known: readonly string[], more: readonly (string | undefined)[]): readonly string[] {
  return [...new Set([...known, ...more.filter((each) => each !== undefined)])];
}
