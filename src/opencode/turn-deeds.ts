import { realpathSync } from "node:fs";
import { pathIn } from "../files/path-in.ts";
import { lastOf, MOST_CHANGED_FILES, type Deeds } from "../supervisor/deeds.ts";
import { callLine } from "./call-line.ts";
import { changedPaths } from "./changed-paths.ts";

/** A call that runs or has ended, as its part tells of it. */
export interface SeenCall {
  readonly tool: string;
  readonly state: { readonly status: string; readonly input?: unknown };
}

/** What the calls of one turn have done, whoever of the agent's made them. */
export class TurnDeeds {
  readonly #folders: readonly [string, string];
  readonly #changed = new Set<string>();
  readonly #called = new Set<string>();
  #last: readonly string[] = [];

  /** @param directory the agent's folder: what it changes in there is named as there */
  constructor(directory: string) {
    this.#folders = [directory, realPath(directory)];
  }

  /** A call runs, or has ended: told as often as anybody likes. */
  called(id: string, { tool, state: { status, input } }: SeenCall): void {
    if (!this.#called.has(id)) {
      this.#called.add(id);
      this.#last = lastOf([...this.#last, callLine(tool, input)]);
    }
    if (status !== "completed") return;
    for (const path of changedPaths(tool, input)) this.#changed.add(pathIn(path, ...this.#folders));
  }

  get sum(): Omit<Deeds, "refused"> {
    const files = [...this.#changed];
    return {
      changedFiles: files.slice(0, MOST_CHANGED_FILES),
      moreChangedFiles: Math.max(0, files.length - MOST_CHANGED_FILES),
      lastCalls: this.#last,
    };
  }
}

function realPath(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    // Gone, or not to be read: it has the one name.
    return directory;
  }
}
