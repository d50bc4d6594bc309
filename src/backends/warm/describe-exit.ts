/** How a process ended, as the words behind its name. */
export function formatExit(exitCode: number | null, signal: string | null): string {
  return exitCode === null ? `was ended by ${signal ?? "an unknown signal"}` : `exited with code ${exitCode}`;
}
