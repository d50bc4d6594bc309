import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PLAIN_DIFF, readingEnvironment, type NamedSetting } from "./git-settings.ts";

/** What a driver's setting becomes: the program that it names is not run, and what it would have shown is. */
const NEUTRAL: readonly (readonly [pattern: RegExp, value: string])[] = [
  [/^filter\..*\.(clean|smudge|process)$/s, ""],
  [/^filter\..*\.required$/s, "false"],
  [/^diff\..*\.textconv$/s, "cat"],
  [/^diff\.(.*\.command|external)$/s, PLAIN_DIFF],
  [/^submodule\..*\.ignore$/s, "all"],
  [/^merge\..*\.driver$/s, "false"],
];
const LIMIT_MS = 5000;

/**
 * The settings that keep git from the filters and drivers that are configured for these folders: what they are called is
 * known from the configuration alone. Folders that are not there have none.
 */
export async function neutralDrivers(directories: readonly string[]): Promise<NamedSetting[]> {
  const files = new Set(directories.flatMap(moduleFiles));
  const names = await Promise.all([
    ...directories.map((directory) => listed(directory)),
    ...[...files].map((file) => listed(dirname(file), file)),
  ]);
  const settings = new Map<string, string>();
  for (const name of names.flat()) {
    const value = NEUTRAL.find(([pattern]) => pattern.test(name))?.[1];
    if (value !== undefined) settings.set(name, value);
  }
  return [...settings];
}

/** What is said of submodules stands at the root of a repository. */
function moduleFiles(directory: string): string[] {
  const above = dirname(directory);
  const file = join(directory, ".gitmodules");
  return [...(existsSync(file) ? [file] : []), ...(above === directory ? [] : moduleFiles(above))];
}

async function listed(directory: string, file?: string): Promise<string[]> {
  const from = file === undefined ? [] : ["--file", file];
  try {
    const child = Bun.spawn(["git", "config", "--list", "--name-only", "-z", ...from], {
      cwd: directory,
      env: { ...process.env, ...readingEnvironment(process.env) },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      timeout: LIMIT_MS,
    });
    return (await child.stdout.text()).split("\0");
  } catch {
    // No such folder, or no git: then none runs there either.
    return [];
  }
}
