import { runQuietly } from "./run-quietly.ts";

/**
 * Installs what the lock file names. Install scripts wait: opencode's needs its platform package, which a lock file
 * made on another platform may lack.
 */
export async function installDependencies(root: string): Promise<void> {
  await runQuietly([process.execPath, "install", "--frozen-lockfile", "--ignore-scripts"], root);
}
