import { watch } from "node:fs";

/**
 * Tells of the names in a folder that come, go or change; `null` where the system does not say which. It keeps no
 * process alive and wakes nothing up while nothing happens.
 *
 * It is a hint, no record of what happened: Bun 1.3.14 leaves an event out that follows one of the same kind within a
 * millisecond, so of a file that is renamed only the old name is told.
 *
 * @returns what ends it
 */
export function watchNames(
  folder: string,
  changed: (name: string | null) => void,
  failed: (error: unknown) => void,
): { close(): void } {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => changed(name));
    watcher.on("error", failed);
    return watcher;
  } catch (error) {
    // No such folder, or no watch left to be had: the caller has to look by itself.
    failed(error);
    return { close() {} };
  }
}
