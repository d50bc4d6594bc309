import type { Reap } from "../processes/orphans.ts";

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;
const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/**
 * Makes this process the one that orphans below it become children of, whatever they clear: what an agent starts can
 * leave its environment, session and parents, and not this.
 *
 * @returns how an adopted child is collected; `undefined` where the system does not take it
 */
export async function becomeSubreaper(): Promise<Reap | undefined> {
  if (process.platform !== "linux") return undefined;
  // Loaded late: opencode's start waits for what is loaded before.
  const { dlopen } = await import("bun:ffi");
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, {
        prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
        waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
      });
      if (symbols.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) !== 0) return undefined;
      return (pid) => void symbols.waitpid(pid, null, WNOHANG);
    } catch {
      // No such library here, or no code may be made at run time.
    }
  }
  return undefined;
}
