import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "bun";

const ROOT = join(import.meta.dir, "../..");

/** The package as it would be published, installed in a folder of its own. */
export interface PackedPackage {
  /** The paths in the tarball, below `package/`. */
  readonly files: readonly string[];
  /** Where the package is installed. */
  readonly installed: string;
  dispose(): Promise<void>;
}

/** Packs the project and installs the tarball as a user would. */
export async function packAndInstall(): Promise<PackedPackage> {
  const folder = await mkdtemp(join(tmpdir(), "bizar-package-"));
  await $`${process.execPath} pm pack --destination ${folder} --ignore-scripts`.cwd(ROOT).quiet();
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz")) ?? "";
  const listing = await $`tar -tzf ${tarball}`.cwd(folder).text();
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  await $`${process.execPath} add ./${tarball}`.cwd(folder).quiet();
  return {
    files: listing
      .trim()
      .split("\n")
      .map((path) => path.replace(/^package\//, "")),
    installed: join(folder, "node_modules/opencode-bizar"),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}
