import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { goOnPage } from "./small-pages.ts";

/**
 * Pages in files that only their user can read, each of which goes on to a link. They keep links out of the arguments
 * of programs, where every user of the machine can read them: what stands there is the name of a file.
 */
export class ForwardingFiles {
  /** What stops the timer of each folder. */
  readonly #folders = new Map<string, () => void>();
  readonly #after: (delayMs: number, callback: () => void) => () => void;
  readonly #report: (message: string, cause: unknown) => void;
  #isClosed = false;

  /** @param after a timer; returns what stops it */
  constructor(
    after: (delayMs: number, callback: () => void) => () => void,
    report: (message: string, cause: unknown) => void,
  ) {
    this.#after = after;
    this.#report = report;
  }

  /**
   * @param lifeMs when the file is removed, used or not
   * @param makeLink makes the link; `used` is called when it was used, which removes the file
   * @returns the file's address, which begins with `file:`
   * @throws Error when it cannot be written, or the files are closed
   */
  async write(lifeMs: number, makeLink: (used: () => void) => string): Promise<string> {
    // Its user's alone: 0700.
    const folder = await mkdtemp(join(tmpdir(), "bizar-plan-"));
    const remove = () => this.#remove(folder);
    this.#folders.set(folder, this.#after(lifeMs, remove));
    const path = join(folder, "plan.html");
    try {
      await writeFile(path, goOnPage(makeLink(remove)), { mode: 0o600, flag: "wx" });
      if (this.#isClosed) throw new Error("The canvas is closed: opencode is ending.");
    } catch (error) {
      remove();
      throw error;
    }
    return pathToFileURL(path).href;
  }

  /** At once: a host that ends waits for nobody. */
  close(): void {
    this.#isClosed = true;
    for (const folder of this.#folders.keys()) this.#remove(folder);
  }

  #remove(folder: string): void {
    this.#folders.get(folder)?.();
    this.#folders.delete(folder);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      this.#report(`${folder} could not be removed.`, error);
    }
  }
}
