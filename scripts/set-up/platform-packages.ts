import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Machine } from "./machine.ts";
import { runQuietly } from "./run-quietly.ts";

/** A native package that an installed one needs on this machine. */
export interface PlatformPackage {
  readonly name: string;
  readonly version: string;
  /** The package that lists it among its optional dependencies. */
  readonly owner: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * The native packages for this machine that are not there. A lock file lists only the platforms that the registry
 * offered where it was made, and a frozen install silently leaves out what the lock file does not list.
 */
export async function missingPlatformPackages(modules: string, machine: Machine): Promise<PlatformPackage[]> {
  const missing: PlatformPackage[] = [];
  for (const folder of await packageFolders(modules)) {
    const { name: owner = folder, optionalDependencies = {} } = (await readManifest(join(modules, folder))) ?? {};
    for (const name of packagesFor(machine, Object.keys(optionalDependencies))) {
      const version = optionalDependencies[name] ?? "";
      const installed = await readManifest(join(modules, name));
      if (installed?.version !== version) missing.push({ name, version, owner });
    }
  }
  return missing;
}

/** Installs exactly these packages into a folder of modules; the lock file and `package.json` stay as they are. */
export async function installPlatformPackages(modules: string, packages: readonly PlatformPackage[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-set-up-"));
  try {
    const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    await runQuietly([process.execPath, "install", "--no-save", "--ignore-scripts"], folder);
    for (const { name } of packages) {
      const target = join(modules, name);
      await rm(target, { recursive: true, force: true });
      await mkdir(dirname(target), { recursive: true });
      await cp(join(folder, "node_modules", name), target, { recursive: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Those of a package's optional dependencies that this machine needs, told by their names: `…-linux-x64`,
 * `…-darwin-arm64`, `…-linux-x64-gnu`, `…-linux-x64-musl`. Builds for old processors (`baseline`) are nobody's need:
 * who has one gets it from the package's own postinstall.
 */
export function packagesFor({ os, cpu, libc }: Machine, names: readonly string[]): string[] {
  const fitting = names.filter((name) => {
    const words = name.split(/[-/]/);
    if (!words.includes(os) || !words.includes(cpu) || words.includes("baseline")) return false;
    return libc === "musl" ? !words.includes("gnu") : !words.includes("musl");
  });
  const forMusl = fitting.filter((name) => name.endsWith("-musl"));
  return forMusl.length > 0 ? forMusl : fitting;
}

async function packageFolders(modules: string): Promise<string[]> {
  const names = (await readdir(modules)).filter((name) => !name.startsWith("."));
  const nested = names.map(async (name) =>
    name.startsWith("@") ? (await readdir(join(modules, name))).map((inner) => `${name}/${inner}`) : [name],
  );
  return (await Promise.all(nested)).flat();
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}
