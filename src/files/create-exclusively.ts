import { link, rm, writeFile } from "node:fs/promises";

/** What file systems without hard links answer. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Makes a file that is not there yet, `EEXIST` otherwise: with its whole text from the first moment on, whenever this
 * process is killed. On a busy disk milliseconds pass between the making of a file and its first byte.
 */
export async function createExclusively(path: string, text: string): Promise<void> {
  const temporary = `${path}.${Math.floor(Math.random() * 2 ** 32)}`;
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o600 });
    await link(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && NO_LINKS.has(String(error.code)))) throw error;
    await createInPlace(path, text);
  } finally {
    await rm(temporary, { force: true });
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
