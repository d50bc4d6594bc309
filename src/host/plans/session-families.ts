import { NewestMap } from "../../lib/newest-map.ts";

/** Native subagents may have subagents. */
const MOST_GENERATIONS = 8;
/** Of the others the host is asked again. */
const MOST_REMEMBERED = 1000;

/** Which sessions belong together: one that somebody began, its native subagents, and theirs. */
export class SessionFamilies {
  readonly #parents = new NewestMap<Promise<string | undefined>>(MOST_REMEMBERED);
  readonly #ask: (sessionId: string) => Promise<string | undefined>;
  readonly #report: (message: string, cause: unknown) => void;

  /** @param ask the session that a session is a subagent of; asked once for each while it is remembered */
  constructor(
    ask: (sessionId: string) => Promise<string | undefined>,
    report: (message: string, cause: unknown) => void,
  ) {
    this.#ask = ask;
    this.#report = report;
  }

  /** The session that a session is a subagent of. Never rejects. */
  async parentOf(sessionId: string): Promise<string | undefined> {
    const known = this.#parents.get(sessionId);
    if (known !== undefined) return await known;
    const asked = this.#askForParent(sessionId);
    this.#parents.set(sessionId, asked);
    return await asked;
  }

  /** Never rejects. */
  async areOne(one: string, other: string): Promise<boolean> {
    return one === other || (await this.#first(one)) === (await this.#first(other));
  }

  async #first(sessionId: string): Promise<string> {
    let first = sessionId;
    for (let generation = 0; generation < MOST_GENERATIONS; generation++) {
      const parent = await this.parentOf(first);
      if (parent === undefined) break;
      first = parent;
    }
    return first;
  }

  /** Where the host does not answer it is taken for one that the user began, and asked for again. */
  async #askForParent(sessionId: string): Promise<string | undefined> {
    try {
      return await this.#ask(sessionId);
    } catch (error) {
      this.#parents.delete(sessionId);
      this.#report(`Whether session ${sessionId} is a subagent's is not known.`, error);
      return undefined;
    }
  }
}
