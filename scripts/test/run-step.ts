import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { testStep } from "./contract-places.ts";
import { readCounts, type Counts } from "./junit.ts";
import { ROOT } from "./test-files.ts";

/** What came of one check or one test file. */
export interface StepResult extends Counts {
  readonly name: string;
  readonly seconds: number;
  /** All that it printed; shown when something failed. */
  readonly output: string;
}

/** A step that takes longer than this hangs. */
const STEP_LIMIT_MS = 900_000;
/** For tests that set none themselves; generous, since two run at once on two processors. */
const TEST_TIMEOUT_MS = 20_000;

/** Runs a script of `package.json`; it counts as one. */
export async function runCheck(name: string): Promise<StepResult> {
  return await withFolder(async (folder) => {
    const { exitCode, output, seconds } = await run(["run", name], folder);
    const passed = exitCode === 0 ? 1 : 0;
    return { name, seconds, output, passed, failed: 1 - passed, skipped: 0 };
  });
}

/** Runs one test file in a process of its own: what it leaves behind, or how it crashes, is nobody else's trouble. */
export async function runTestFile(name: string): Promise<StepResult> {
  const { file, environment } = testStep(name);
  return await withFolder(async (folder) => {
    const report = join(folder, "junit.xml");
    const reporter = ["--reporter=junit", `--reporter-outfile=${report}`];
    const timeout = `--timeout=${TEST_TIMEOUT_MS}`;
    const { exitCode, output, seconds } = await run(["test", timeout, ...reporter, `./${file}`], folder, environment);
    const counts = readCounts(await readFile(report, "utf8").catch(() => ""));
    return { name, seconds, ...judge(counts, exitCode, output) };
  });
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-test-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A process that crashed, or ran no test at all, has failed, whatever it reported. */
function judge(counts: Counts, exitCode: number, output: string): Counts & { output: string } {
  const isEmpty = counts.passed + counts.failed === 0;
  if (!isEmpty && (exitCode === 0 || counts.failed > 0)) return { ...counts, output };
  const why = exitCode === 0 ? "It ran no test." : `The process ended with code ${exitCode}.`;
  return { ...counts, failed: counts.failed + 1, output: `${output}\n${why}` };
}

async function run(
  bunArguments: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const startedAt = performance.now();
  // A file, not a pipe: whatever a test leaves running cannot hold it open.
  const outputPath = join(folder, "output.txt");
  const outputFile = await open(outputPath, "a");
  const child = Bun.spawn([process.execPath, ...bunArguments], {
    cwd: ROOT,
    env: { ...testEnvironment(), ...environment },
    stdin: "ignore",
    stdout: outputFile.fd,
    stderr: outputFile.fd,
    timeout: STEP_LIMIT_MS,
    killSignal: "SIGKILL",
  });
  const exitCode = await child.exited;
  await outputFile.close();
  const output = stripVTControlCharacters(await readFile(outputPath, "utf8")).trim();
  return { exitCode, output, seconds: (performance.now() - startedAt) / 1000 };
}

/** The settings of the person who runs the tests, for opencode and for this plugin, do not decide how they end. */
function testEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === "BIZAR_CHROMIUM" || !/^(BIZAR|OPENCODE|XDG)_/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1" };
}
