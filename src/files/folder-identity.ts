import { lstat } from "node:fs/promises";

/** Which folder of its name it is: one may be deleted and made again. `undefined` where there is none. */
export async function identifyFolder(path: string): Promise<string | undefined> {
  const status = await lstat(path).catch(() => undefined);
  return status?.isDirectory() === true ? `${status.dev} ${status.ino} ${status.birthtimeMs}` : undefined;
}
