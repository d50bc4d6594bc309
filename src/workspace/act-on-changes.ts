import type { Changes } from "../supervisor/own-folder.ts";
import type { ApplySettings } from "./apply-changes.ts";
import { atWork } from "./folder-parts.ts";
import { inWords, namesInWords } from "./file-names.ts";
import { done, failure, type Result } from "./result.ts";
import type { Workspace } from "./workspace.ts";
import { unreachable } from "../lib/unreachable.ts";

/** What can be done with the changes in an agent's folder. */
export const changesActions = ["show", "apply", "branch", "update", "discard"] as const;
export type ChangesAction = (typeof changesActions)[number];

/** What came of it. */
export interface ActedOn {
  /** For a person, or a model. */
  readonly words: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What the agent is to be asked in a further turn. */
  readonly followUp?: string;
}

/** What of an agent's record tells whether something can be done. */
interface Subject {
  readonly instanceId: string;
  readonly folder: object | null;
  readonly endedAt: string | null;
}

/** Shows or decides on what an agent has made in its own folder. */
export async function actOnChanges(
  workspace: Workspace,
  record: Subject,
  action: ChangesAction,
  settings: ApplySettings = {},
): Promise<Result<ActedOn>> {
  const { instanceId, folder, endedAt } = record;
  if (folder === null) {
    return failure("no_folder", "This agent works in the shared folder: what it has changed is there already.");
  }
  if (endedAt === null && action !== "show") {
    return atWork();
  }
  switch (action) {
    case "show":
      return await show(workspace, instanceId);
    case "apply":
      return await apply(workspace, instanceId, settings);
    case "branch": {
      const made = await workspace.branch(instanceId);
      if (!made.ok) return made;
      const { branch, isOnHead } = made.value;
      const on = isOnHead ? "" : ", on a commit with what was not committed when the agent began";
      return done({ words: `The changes are on the branch ${branch}${on}. No file was touched.`, facts: { branch } });
    }
    case "update":
      return await update(workspace, instanceId);
    case "discard": {
      const gone = await workspace.discard(instanceId, settings.note);
      return gone.ok ? done({ words: "The folder and its changes are gone.", facts: {} }) : gone;
    }
    default:
      return unreachable(action);
  }
}

async function show(workspace: Workspace, instanceId: string): Promise<Result<ActedOn>> {
  const found = await workspace.look(instanceId);
  if (!found.ok) return found;
  if (found.value === null) return failure("no_folder", "The agent's folder is gone.");
  const { state, changes } = found.value;
  const facts = { state: state.status, folder: state.copy, base: state.baseWords };
  if (changes === undefined) {
    const isDecided = state.status === "applied" || state.status === "discarded";
    return done({ words: isDecided ? `The changes were ${state.status}.` : "Nothing is changed.", facts });
  }
  const branch = state.branch === null ? {} : { branch: state.branch };
  return done({ words: changesWords(changes), facts: { ...facts, ...branch, changes } });
}

async function apply(workspace: Workspace, instanceId: string, settings: ApplySettings): Promise<Result<ActedOn>> {
  const applied = await workspace.apply(instanceId, settings);
  if (!applied.ok) {
    if (applied.reason !== "conflict") return applied;
    const next = `The action update merges the files of now into the agent's folder and asks it to finish.`;
    return { ...applied, error: `${applied.error} ${next}` };
  }
  const { isRepeated, leftOut, files, insertions, deletions } = applied.value;
  if (isRepeated) return done({ words: "The changes had been applied before; nothing was changed.", facts: {} });
  const rest = leftOut.length === 0 ? "" : ` Not brought back, and only in the agent's folder: ${inWords(leftOut)}.`;
  const words = `Applied to the files: ${countWords({ files, insertions, deletions })}. Nothing was staged or committed.${rest}`;
  return done({ words, facts: { files, insertions, deletions } });
}

async function update(workspace: Workspace, instanceId: string): Promise<Result<ActedOn>> {
  const updated = await workspace.update(instanceId);
  if (!updated.ok) return updated;
  const { conflicts, isCurrent } = updated.value;
  if (isCurrent) return done({ words: "The agent's folder is made of the files as they are now already.", facts: {} });
  const clash =
    conflicts.length === 0
      ? ""
      : ` Both changed the same places of ${namesInWords(conflicts)}: resolve the conflict markers; the first half of ` +
        `each is from the files of now, the second from the agent.`;
  return done({
    words: `The files of now are merged into the agent's folder.${clash}`,
    facts: { conflicts },
    followUp:
      `The files that your work is to go into have changed: they were merged into your folder, beside your changes.${clash} ` +
      `Check that your work still does what it should, finish it, and hand back again.`,
  });
}

/** Changes in a line. */
export function changesWords({ applies, leftOut = [], ...counts }: Changes): string {
  const fit = typeof applies === "string" ? "they fit" : `they conflict in ${namesInWords(applies)}`;
  const rest = leftOut.length === 0 ? "" : `; left out: ${inWords(leftOut)}`;
  return `${countWords(counts)}; ${fit}${rest}`;
}

function countWords({ files, insertions, deletions }: Pick<Changes, "files" | "insertions" | "deletions">): string {
  return `${files} ${files === 1 ? "file" : "files"}, +${insertions} -${deletions}`;
}
