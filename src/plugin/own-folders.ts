import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import type { Travel } from "../backends/process/copied-files.ts";
import type { CloneTravel } from "../backends/servers/copy-there.ts";
import type { PrepareFolder } from "../backends/in-own-folder.ts";
import type { SetUpThere } from "../backends/set-up-script.ts";
import type { Options } from "../config/options.ts";
import type { FinishFolder } from "../supervisor/ports.ts";
import { namesInWords } from "../workspace/file-names.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { describeError } from "../lib/describe-error.ts";
import { openWorkspace } from "../workspace/open-workspace.ts";
import type { FleetContext } from "./fleet-context.ts";

const MEGABYTE = 1_000_000;

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
  }: Pick<FleetContext, "options" | "paths" | "diagnostics" | "changesApplied">,
  openLog: (turn: LoggedTurn) => LogSink,
): OwnFolders {
  const workspace = openWorkspace({ ...options, ...paths, changesApplied });
  return {
    workspace,
    async prepare(turn, _observer, signal) {
      const log = openLog(turn);
      try {
        const line = (text: string) => log.write("stderr", `bizar: ${text}`);
        const isSetUpElsewhere = worksOnCopies(options, turn.on);
        const prepared = await workspace.prepare(turn.instanceId, { line, signal, isSetUpElsewhere });
        return prepared.ok ? undefined : prepared.error;
      } catch (error) {
        return `The agent's folder could not be made: ${describeError(error)}`;
      } finally {
        log.close();
      }
    },
    travel: {
      mostBytes: options.bringBackMb * MEGABYTE,
      async pack(instanceId) {
        const packed = await workspace.pack(instanceId);
        return packed.ok ? packed.value : packed.error;
      },
      async diff(instanceId) {
        const difference = await workspace.diff(instanceId);
        return difference.ok ? difference.value : difference.error;
      },
      async unpack(instanceId: string, bundle?: string, from?: string) {
        try {
          const unpacked = await workspace.unpack(instanceId, bundle === undefined ? undefined : { bundle, from });
          return unpacked.ok
            ? { warning: bothChanged(unpacked.value) }
            : { failed: unpacked.error.replace(/[^.]$/, "$&.") };
        } catch (error) {
          return { failed: `What came back for ${instanceId} could not be unpacked: ${describeError(error)}` };
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

function bothChanged(files: readonly string[]): string | undefined {
  if (files.length === 0) return undefined;
  return (
    `These were changed here as well while the agent worked elsewhere: ${namesInWords(files)}. Where both changed the same ` +
    `place there are markers in the agent's folder. Have the agent, or a person, look at them.`
  );
}

/** Whether what works at a place does that in copies of the files. */
function worksOnCopies(
  { launchers, servers }: Pick<Options, "launchers" | "servers">,
  on: string | undefined,
): boolean {
  return on !== undefined && (launchers[on]?.files === "git" || servers.some(({ name }) => name === on));
}

/** What makes such copies ready; `undefined`: nothing does. */
export function setUpThere({
  worktreeSetup: command,
  worktreeSetupTimeoutMs: limitMs,
}: Pick<Options, "worktreeSetup" | "worktreeSetupTimeoutMs">): SetUpThere | undefined {
  return command === null ? undefined : { command, limitMs };
}
