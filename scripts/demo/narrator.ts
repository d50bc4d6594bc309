const ACTOR_WIDTH = 7;
const INDENT = " ".repeat(2 + 6 + 2 + 2 + ACTOR_WIDTH + 2);
const COLOURS: Readonly<Record<string, number>> = { odin: 33, mimir: 36, thor: 32, demo: 2, error: 31 };

/** Prints what happens as it happens: elapsed time, who, what. */
export class Narrator {
  readonly #startedAt = performance.now();
  readonly #colours = process.stdout.isTTY && !process.env["NO_COLOR"];

  /** One line, or a few: the ones after the first are indented below it. */
  say(actor: string, text: string): void {
    const [first = "", ...rest] = text.trimEnd().split("\n");
    const seconds = `${this.elapsedSeconds().toFixed(1).padStart(6)} s`;
    console.log(
      `  ${this.#paint(2, seconds)}  ${this.#paint(COLOURS[actor] ?? 35, actor.padEnd(ACTOR_WIDTH))}  ${first}`,
    );
    for (const line of rest) console.log(`${INDENT}${line}`);
  }

  /** A heading of its own paragraph. */
  heading(text: string): void {
    console.log(`\n${this.#paint(1, text)}`);
  }

  /** A line below a heading. */
  line(text: string): void {
    console.log(`  ${text}`);
  }

  elapsedSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  #paint(code: number, text: string): string {
    return this.#colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}
