import { storeOf } from "./folder-parts.ts";
import type { FolderState } from "./folder-state.ts";
import { git, gitFailure } from "./git.ts";
import { done, type Result } from "./result.ts";

/** What a ref that keeps an agent's work is to be; `null`: it goes; absent: it stays. */
export interface FolderRefs {
  readonly base?: string | null;
  readonly result?: string | null;
}

export function refOf(instanceId: string, name: keyof FolderRefs): string {
  return `refs/bizar/${instanceId}/${name}`;
}

/** Sets the refs that keep an agent's work, all at once. */
export async function setRefs(state: FolderState, refs: FolderRefs): Promise<Result<null>> {
  const lines = (["base", "result"] as const).flatMap((name) => {
    const commit = refs[name];
    if (commit === undefined) return [];
    const ref = refOf(state.instanceId, name);
    return commit === null ? `delete ${ref}\n` : `update ${ref} ${commit}\n`;
  });
  const run = await git(storeOf(state), ["update-ref", "--stdin"], { stdin: lines.join("") });
  return run.code === 0 ? done(null) : gitFailure(`The refs of ${state.instanceId} could not be written`, run);
}
