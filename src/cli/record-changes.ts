import { watchNames } from "../files/watch-names.ts";

/** Where the file system tells of nothing, and for what changes without a file: an age, an opencode that dies. */
const LOOK_MS = 1000;
/** Several changes in a moment are one. */
const GATHER_MS = 100;

/** Tells when records may have changed. */
export interface RecordChanges {
  /** Settles with the next change, or after a second. */
  next(): Promise<void>;
  close(): void;
}

/** Watches the records; a folder that is not there yet is looked for now and then. */
export function recordChanges(recordDir: string): RecordChanges {
  let watcher: { close(): void } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGathering = false;
  let wake = Promise.withResolvers<void>();
  const wakeIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => wake.resolve(), ms);
  };
  const changed = () => {
    if (!isGathering) wakeIn(GATHER_MS);
    isGathering = true;
  };
  return {
    async next() {
      watcher ??= watchNames(recordDir, changed, () => (watcher = undefined));
      if (!isGathering) wakeIn(LOOK_MS);
      await wake.promise;
      wake = Promise.withResolvers<void>();
      isGathering = false;
    },
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}
