import { expect } from "bun:test";

/** Settles when the condition holds; fails the test when it does not within the limit. For what gives no event. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) expect.unreachable(`Not within ${limitMs} ms: ${what}`);
    await Bun.sleep(20);
  }
}
