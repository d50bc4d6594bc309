const fs: object = process.getBuiltinModule("node:fs");

/**
 * Counts the calls of every synchronous function of `node:fs` from now on, wherever they are made. What is to be
 * counted must be imported after this: a module that is loaded takes the functions as they are at that time.
 *
 * @returns the names of the functions that were called since the last time
 */
export async function countSyncCalls(): Promise<() => string[]> {
  let calls: string[] = [];
  for (const name of Object.keys(fs).filter((key) => key.endsWith("Sync"))) {
    const original: unknown = Reflect.get(fs, name);
    if (typeof original !== "function") continue;
    Reflect.set(fs, name, (...args: unknown[]): unknown => {
      calls.push(name);
      return Reflect.apply(original, fs, args);
    });
  }
  const take = () => {
    const taken = calls;
    calls = [];
    return taken;
  };
  const { existsSync } = await import("node:fs");
  existsSync(import.meta.path);
  if (take().length !== 1) throw new Error("The calls are not counted: node:fs was imported before.");
  return take;
}
