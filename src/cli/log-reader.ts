import { LineSplitter, type Line } from "../backends/line-splitter.ts";
import { LogParts } from "../store/log-parts.ts";

const OPENCODES_OWN = "[stderr] ";

export interface LogChoice {
  /** Also what opencode says of itself. */
  readonly all: boolean;
  /** Of what is there at first only so many lines, the last ones; `undefined`: all. */
  readonly last: number | undefined;
}

type Take = (lines: readonly string[]) => Promise<void>;

/** Reads one log line by line, through its rotations. */
export class LogReader {
  readonly #parts: LogParts;
  readonly #splitter = new LineSplitter();
  #isFirst = true;

  constructor(
    path: string,
    private readonly choice: LogChoice,
  ) {
    this.#parts = new LogParts(path);
  }

  /**
   * Hands out the lines that have come since the last time.
   *
   * @returns whether lines were rotated away before they could be read
   */
  async readOn(take: Take): Promise<boolean> {
    return await this.#read(take, async () => undefined);
  }

  /** As {@link LogReader.readOn}, of a log that nobody writes any more: with what stands behind the last line end. */
  async readToEnd(take: Take): Promise<boolean> {
    return await this.#read(take, async (rest) => await this.#hand(this.#splitter.end(), rest));
  }

  async close(): Promise<void> {
    await this.#parts.close();
  }

  async #read(take: Take, last: (take: Take) => Promise<void>): Promise<boolean> {
    const cut = lastOnly(this.#isFirst ? this.choice.last : undefined, take);
    this.#isFirst = false;
    const { hasGap } = await this.#parts.readOn(
      async (bytes) => await this.#hand(this.#splitter.push(bytes), cut.take),
    );
    await last(cut.take);
    await cut.end();
    return hasGap;
  }

  async #hand(lines: readonly Line[], take: Take): Promise<void> {
    const shown = lines.flatMap(({ text }) => (this.choice.all || !text.startsWith(OPENCODES_OWN) ? [text] : []));
    if (shown.length > 0) await take(shown);
  }
}

/** Hands on only the last lines of what comes, at its end; `undefined`: all, as they come. */
function lastOnly(last: number | undefined, take: Take): { readonly take: Take; end(): Promise<void> } {
  let held: readonly string[] = [];
  if (last === undefined) return { take, async end() {} };
  return {
    async take(lines) {
      held = last === 0 ? [] : [...held, ...lines].slice(-last);
    },
    async end() {
      if (held.length > 0) await take(held);
    },
  };
}
