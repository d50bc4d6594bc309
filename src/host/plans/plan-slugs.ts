import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** What lies in the folder of the plans: the name of each plan, and of whatever else is there. Never rejects. */
export async function planSlugs(worktree: string): Promise<readonly string[]> {
  return await readdir(join(worktree, "plans")).catch(() => []);
}
