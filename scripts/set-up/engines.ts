import { installDebianPackages, which, type ProgramMachine } from "./debian-packages.ts";

/** Where Debian has its daemons, beside what a user's `PATH` names. */
const DAEMONS = "/usr/sbin:/sbin";

/** What the tests of agents elsewhere start, and Debian's package that has it. */
const PACKAGES: Readonly<Record<string, string>> = {
  munged: "munge",
  slurmctld: "slurmctld",
  slurmd: "slurmd",
  srun: "slurm-client",
  sshd: "openssh-server",
  ssh: "openssh-client",
};

export function missingEnginePackages({ environment }: ProgramMachine): string[] {
  const path = { PATH: `${environment["PATH"] ?? ""}:${DAEMONS}` };
  return Object.entries(PACKAGES).flatMap(([program, name]) => (which(program, path) === null ? [name] : []));
}

/** Installs the engines that are not here, where that can be had. What is missing then, the tests of it say themselves. */
export async function installEngines(machine: ProgramMachine): Promise<void> {
  const missing = missingEnginePackages(machine);
  if (missing.length === 0) return;
  console.error(`Looking for a way to install ${missing.join(", ")} …`);
  try {
    await installDebianPackages(machine, missing);
  } catch (error) {
    console.error(`They could not be installed. ${error instanceof Error ? error.message : String(error)}`);
  }
}
