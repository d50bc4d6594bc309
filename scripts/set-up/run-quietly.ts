/**
 * Runs a command whose output only matters when it fails.
 *
 * @throws Error with all that it printed, when it fails
 */
export async function runQuietly(command: readonly string[], directory: string): Promise<void> {
  const child = Bun.spawn([...command], { cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (exitCode === 0) return;
  throw new Error(`"${command.join(" ")}" ended with code ${exitCode}:\n${stdout}${stderr}`.trimEnd());
}
