import { dirname } from "node:path";
import type { AgentRole, ServerRole } from "../agent-role/role.ts";
import { inBackground } from "../host/agents/in-background.ts";
import { ledgerHooks } from "../host/ledger-hooks.ts";
import { ownPlaceHooks } from "../host/own-place-hooks.ts";
import { agentPlans } from "../host/plans/agent-plans.ts";
import { schemaToolHooks, type SchemaTool } from "../host/tools/schema-tool.ts";
import { describeError } from "../lib/describe-error.ts";
import type { Hooks, PluginInput, PluginOptions } from "../opencode/plugin-api.ts";
import { statePaths, type StatePaths } from "../store/state-paths.ts";
import { ownFolderOf } from "../workspace/own-folder-of.ts";
import { joinHooks } from "./join-hooks.ts";

export interface AgentHooksParts {
  readonly input: PluginInput;
  readonly options: PluginOptions | undefined;
  /** The supervisor's. */
  readonly paths: StatePaths;
  /** The background agent of a session, where it is one's own. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** A line for the agent's log. */
  readonly report: (message: string) => void;
}

/** What every background agent has, in a process of its own or in the server, around what is its role's own. */
export function agentHooks(
  { input, options, paths, instanceOf, report }: AgentHooksParts,
  ofRole: readonly Hooks[],
  tools: readonly SchemaTool[],
): Hooks {
  const { directory } = input;
  const { stateDir, changeDir: folder, recordDir } = paths;
  const place = ownFolderOf(paths.worktreeDir, directory);
  return joinHooks(
    place === undefined ? {} : ownPlaceHooks(place),
    ...ofRole,
    agentPlans({ plansRoot: place?.originals[0], input, options, stateDir, instanceOf, report }),
    ledgerHooks({
      ...{ directory, folder, recordDir, instanceOf },
      report: (message, cause) => report(`${message} ${describeError(cause)}`),
    }),
    schemaToolHooks(tools),
    inBackground(place),
  );
}

/** Where the supervisor keeps what it knows. */
export function statePathsOf({
  guard,
  worktreeDir,
}: Pick<AgentRole | ServerRole, "guard" | "worktreeDir">): StatePaths {
  return statePaths(dirname(guard.sessionDir), guard.logDir, worktreeDir);
}
