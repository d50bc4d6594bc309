import type { StepResult } from "./run-step.ts";

const NAME_WIDTH = 56;
/** So many of the slowest are named at the end. */
const SLOWEST = 10;

/** Tells how each step ended, as it ends, and counts. */
export class Summary {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  readonly #failedNames: string[] = [];
  readonly #times: { readonly name: string; readonly seconds: number }[] = [];

  /** Shows what failed beside others and is run again alone; it does not count yet. */
  postpone({ name, failed, seconds, output }: StepResult): void {
    console.log(
      `↻ ${name.padEnd(NAME_WIDTH)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${failed} failed beside others; again, alone, at the end`,
    );
    console.log(`\n${output.replaceAll(/^/gm, "    ")}\n`);
  }

  add({ name, passed, failed, skipped, seconds, output }: StepResult): void {
    this.#passed += passed;
    this.#failed += failed;
    this.#skipped += skipped;
    this.#times.push({ name, seconds });
    const counts = failed > 0 ? `${passed} passed, ${failed} FAILED` : `${passed} passed`;
    const mark = failed > 0 ? "✗" : "✓";
    console.log(`${mark} ${name.padEnd(NAME_WIDTH)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${counts}`);
    if (failed === 0) return;
    this.#failedNames.push(name);
    console.log(`\n${output.replaceAll(/^/gm, "    ")}\n`);
  }

  /** The last lines; the very last one is for machines as well. */
  print(): void {
    if (this.#failedNames.length > 0) {
      console.log(`\nFailed (run one alone: bun run test <name>):`);
      for (const name of this.#failedNames) console.log(`  ${name}`);
    }
    console.log("\nSlowest:");
    for (const { name, seconds } of this.#times.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)) {
      console.log(`  ${name.padEnd(NAME_WIDTH)} ${`${seconds.toFixed(1)} s`.padStart(8)}`);
    }
    if (this.#skipped > 0) console.log(`\n${this.#skipped} skipped`);
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
  }

  /** Nothing run is no success either. */
  get exitCode(): number {
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}
