import { onTestFinished } from "bun:test";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A new folder of the running test's own; gone when the test has ended.
 *
 * @param beforeRemoval what has to happen first: Bun 1.3.14 runs the hooks of a test in the order they were made
 */
export function temporaryFolder(beforeRemoval: (path: string) => void = () => undefined): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "bizar-test-")));
  onTestFinished(() => {
    beforeRemoval(path);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
