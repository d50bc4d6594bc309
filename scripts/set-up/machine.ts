import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What decides which build of a native package fits. */
export interface Machine {
  readonly os: string;
  readonly cpu: string;
  /** `null` where there is no choice. */
  readonly libc: "glibc" | "musl" | null;
}

export function currentMachine(): Machine {
  return { os: process.platform, cpu: process.arch, libc: process.platform === "linux" ? linuxLibc() : null };
}

function linuxLibc(): "glibc" | "musl" {
  if (existsSync("/etc/alpine-release")) return "musl";
  const { stdout, stderr } = spawnSync("ldd", ["--version"], { encoding: "utf8" });
  return `${stdout}${stderr}`.toLowerCase().includes("musl") ? "musl" : "glibc";
}
