import { spawnSync } from "node:child_process";
import { runQuietly } from "./run-quietly.ts";

/** The machine, as far as finding and installing programs goes. */
export interface ProgramMachine {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function thisMachine(): ProgramMachine {
  return { platform: process.platform, isRoot: process.getuid?.() === 0, environment: process.env };
}

/**
 * Installs packages of Debian where the machine lets us: quietly, and without a question.
 *
 * @returns whether it did; where it may not, nothing was tried
 * @throws Error with what the package manager said
 */
export async function installDebianPackages(machine: ProgramMachine, packages: readonly string[]): Promise<boolean> {
  const aptGet = which("apt-get", machine.environment);
  const asRoot = rootCommand(machine);
  if (machine.platform !== "linux" || aptGet === null || asRoot === undefined) return false;
  const quietly = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", aptGet, "-o", "DPkg::Lock::Timeout=120"];
  await runQuietly([...quietly, "update"], "/");
  await runQuietly([...quietly, "install", "-y", "--no-install-recommends", ...packages], "/");
  return true;
}

export function which(name: string, environment: ProgramMachine["environment"]): string | null {
  return Bun.which(name, { PATH: environment["PATH"] ?? "" });
}

/** What goes before a command that root has to run; `undefined` where a password would be asked for. */
function rootCommand({ isRoot, environment }: ProgramMachine): string[] | undefined {
  if (isRoot) return [];
  const sudo = which("sudo", environment);
  if (sudo === null || spawnSync(sudo, ["-n", "true"], { stdio: "ignore" }).status !== 0) return undefined;
  return [sudo, "-n"];
}
