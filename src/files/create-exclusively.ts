import { link, rm, writeFile } from "node:fs/promises";
import { aboutFile } from "./about-file.ts";
import { isCode } from "../lib/is-code.ts";

/** What file systems without hard links answer. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

/**
 * Makes a file that is not there yet, `EEXIST` otherwise: with its whole text from the first moment on, whenever this
 * process is killed. On a busy disk milliseconds pass between the making of a file and its first byte.
 */
export async function createExclusively(path: string, text: string): Promise<void> {
  await aboutFile(path, async () => await create(path, text));
}

async function create(path: string, text: string): Promise<void> {
  const temporary = `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o600 });
    await link(temporary, path);
  } catch (error) {
    if (!isCode(error, ...NO_LINKS)) throw error;
    await createInPlace(path, text);
  } finally {
    // What went wrong before says more.
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function createInPlace(path: string, text: string): Promise<void> {
  // Where this fails, the file is somebody else's.
  await writeFile(path, "", { flag: "wx", mode: 0o600 });
  try {
    await writeFile(path, text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
