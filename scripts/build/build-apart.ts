import { runQuietly } from "../set-up/run-quietly.ts";

/**
 * Builds all that is not up to date, in a process of its own: Bun 1.3.14 goes on missing a file or a package that it
 * looked for before it was there.
 *
 * @throws Error with what the bundler has to say
 */
export async function buildApart(root: string): Promise<void> {
  await runQuietly([process.execPath, "scripts/build.ts"], root);
}
