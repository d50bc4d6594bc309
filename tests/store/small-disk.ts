import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder.ts";

/** Whether this user may mount a disk for a test: only root on Linux. */
export const canMount = process.platform === "linux" && process.getuid?.() === 0 && mayMount();

/** Mounts within a mount namespace of its own, so that nothing is left of the try. */
function mayMount(): boolean {
  const tryIt = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/tmp"];
  return Bun.which("unshare") !== null && Bun.spawnSync(tryIt, { stderr: "ignore" }).exitCode === 0;
}

/** A folder of the running test's own on a disk of 64 KB, or as large as the test says. */
export function smallDisk(size = "64k"): string {
  const path = temporaryFolder((mounted) => Bun.spawnSync(["umount", "-l", mounted]));
  const { exitCode } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
  if (exitCode !== 0) throw new Error(`${path} could not be mounted`);
  return path;
}

/** Takes all the room that is left; returns what gives it back. */
export function fillDisk(folder: string): () => void {
  const path = join(folder, "filler");
  for (let bytes = 65_536; bytes >= 1; bytes = Math.floor(bytes / 2)) {
    try {
      while (true) writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Full for a piece of this size: a smaller one may fit.
    }
  }
  if (statSync(path).size === 0) throw new Error(`${folder} took nothing`);
  return () => rmSync(path);
}

/** From now on nobody writes there. */
export function readOnly(folder: string): void {
  const { exitCode } = Bun.spawnSync(["mount", "-o", "remount,ro", folder]);
  if (exitCode !== 0) throw new Error(`${folder} could not be made read-only`);
}
