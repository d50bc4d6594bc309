/**
 * Replaces a file atomically and durably: a unique temporary name, fsync, rename. The library is loaded at the first
 * write, since the host waits for the plugin at its start.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, text, { mode: 0o600 });
}

/** Replaces a file atomically, but leaves it to the system when that reaches the disk. */
export async function writeQuickly(path: string, text: string): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, text, { mode: 0o600, fsync: false });
}

/** Makes {@link writeDurablyNow} possible, which cannot wait for a module. */
export async function loadSynchronousWriter(): Promise<(path: string, text: string) => void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  return (path, text) => writeFileAtomic.sync(path, text, { mode: 0o600 });
}
