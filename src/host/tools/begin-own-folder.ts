import type { Options } from "../../config/options.ts";
import { createInstanceId } from "../../supervisor/create-instance-id.ts";
import type { OwnFolder } from "../../supervisor/own-folder.ts";
import { done, type Result } from "../../workspace/result.ts";
import type { Workspace } from "../../workspace/workspace.ts";

export interface FolderRequester {
  readonly agent: string;
  readonly title: string;
  /** The caller's. */
  readonly directory: string;
}

/** An agent to be, and the folder that it is to have. */
export interface BegunAgent {
  readonly instanceId: string;
  readonly folder: OwnFolder | undefined;
  /** What it will miss there. */
  readonly notes: readonly string[];
}

/** Takes down the caller's files for an agent that is to work in a copy of them, as the call or the options say. */
export async function beginOwnFolder(
  workspace: Workspace,
  { isolation, isolateAgents, applyChanges }: Pick<Options, "isolation" | "isolateAgents" | "applyChanges">,
  asked: Options["isolation"] | undefined,
  { agent, ...request }: FolderRequester,
): Promise<Result<BegunAgent>> {
  const instanceId = createInstanceId();
  const wanted = isolateAgents.includes(agent) ? "worktree" : (asked ?? isolation);
  if (wanted === "none") return done({ instanceId, folder: undefined, notes: [] });
  const begun = await workspace.begin({ instanceId, ...request, appliedBy: applyChanges });
  return begun.ok ? done({ instanceId, ...begun.value }) : begun;
}
