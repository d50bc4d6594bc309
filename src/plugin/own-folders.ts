import { join, relative } from "node:path";
import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import type { Travel } from "../backends/process/elsewhere.ts";
import type { CloneTravel } from "../backends/servers/copy-there.ts";
import type { PrepareFolder } from "../backends/in-own-folder.ts";
import type { FinishFolder, TurnRequest } from "../supervisor/ports.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { describeError } from "../lib/describe-error.ts";
import { openWorkspace } from "../workspace/open-workspace.ts";
import type { SupervisionContext } from "./supervision-context.ts";

/** The folders of agents, for this plugin instance. */
export interface OwnFolders {
  readonly workspace: Workspace;
  readonly prepare: PrepareFolder;
  readonly finish: FinishFolder;
  /** Takes folders to places where files are not shared, and back. */
  readonly travel: Travel & CloneTravel;
}

export function ownFolders(
  {
    options,
    paths,
    diagnostics,
    changesApplied,
  }: Pick<SupervisionContext, "options" | "paths" | "diagnostics" | "changesApplied">,
  openLog: (turn: LoggedTurn) => LogSink,
): OwnFolders {
  const workspace = openWorkspace({ ...options, ...paths, changesApplied });
  return {
    workspace,
    async prepare(turn, _observer, signal) {
      const log = openLog(turn);
      try {
        const line = (text: string) => log.write("stderr", `bizar: ${text}`);
        const prepared = await workspace.prepare(turn.instanceId, { line, signal });
        return prepared.ok ? undefined : prepared.error;
      } catch (error) {
        return `The agent's folder could not be made: ${describeError(error)}`;
      } finally {
        log.close();
      }
    },
    travel: {
      async pack(instanceId) {
        const packed = await workspace.pack(instanceId);
        return packed.ok ? packed.value : packed.error;
      },
      async diff(instanceId) {
        const difference = await workspace.diff(instanceId);
        return difference.ok ? difference.value : difference.error;
      },
      async unpack(instanceId, bundle) {
        try {
          const unpacked = await workspace.unpack(instanceId, bundle);
          return unpacked.ok ? undefined : unpacked.error;
        } catch (error) {
          return `What came back for ${instanceId} could not be unpacked: ${describeError(error)}.`;
        }
      },
    },
    async finish({ instanceId, folder }) {
      if (folder === undefined) return undefined;
      const what = `What ${instanceId} has done in its folder could not be taken down; it is tried again when it is asked for.`;
      try {
        const finished = await workspace.finish(instanceId);
        if (!finished.ok) diagnostics.report(what, new Error(finished.error));
        return finished.ok ? (finished.value ?? undefined) : undefined;
      } catch (error) {
        diagnostics.report(what, error);
        return undefined;
      }
    },
  };
}

/** The directory of the caller, whose configuration an agent has also in its own folder. */
export function callerDirectory({ directory, folder }: TurnRequest): string {
  return folder === undefined ? directory : join(folder.original, relative(folder.copy, directory));
}
