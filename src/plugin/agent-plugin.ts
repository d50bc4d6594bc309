import { dirname } from "node:path";
import type { Hooks, PluginInput, PluginOptions } from "../opencode/plugin-api.ts";
import { startAgentRole, type AgentRoleHandle } from "../agent-role/agent-role.ts";
import { agentTree } from "../agent-role/agent-tree.ts";
import { refusalWords } from "../agent-role/refusal-words.ts";
import { mayFinish } from "../agent-role/may-finish.ts";
import { sessionTitle } from "../agent-role/session-title.ts";
import { recordPath } from "../store/state-paths.ts";
import type { AgentRole } from "../agent-role/role.ts";
import { withRules } from "./with-rules.ts";
import { describeError } from "../lib/describe-error.ts";
import { inBackground } from "../host/agents/in-background.ts";
import { askUserTool } from "../host/tools/ask-user.ts";
import { tellParentTool } from "../host/tools/tell-parent.ts";
import { schemaToolHooks } from "../host/tools/schema-tool.ts";
import { ledgerHooks } from "../host/ledger-hooks.ts";
import { ownPlaceHooks } from "../host/own-place-hooks.ts";
import { ownFolderOf } from "../workspace/own-folder-of.ts";
import { watchAnswers } from "../store/answer-files.ts";
import { statePaths, type StatePaths } from "../store/state-paths.ts";
import { provideAgents } from "../host/agents/provide-agents.ts";
import { answering } from "../opencode/answer-questions.ts";
import { JSON_HEADERS, rawClient } from "../opencode/raw-client.ts";
import { agentPlans } from "../host/plans/agent-plans.ts";
import { noteTaker } from "./note-taker.ts";
import { joinHooks } from "./join-hooks.ts";
import { createLoopGuard, withLoopGuard } from "./loop-guard.ts";
import { worktreeOf } from "../opencode/worktree-of.ts";
import { liveInstances } from "../processes/live-instances.ts";

export interface AgentPluginParts {
  readonly input: PluginInput;
  readonly options: PluginOptions | undefined;
  readonly moduleUrl: string;
  /** Milliseconds between two looks whether the supervisor is still there. */
  readonly supervisorCheckMs: number;
  /** Launched elsewhere: the shell that has started it. */
  readonly shell?: number | undefined;
}

/** One for the process: opencode may make the plugin anew in the middle of a run, and counts never fall. */
let agentOfProcess: AgentRoleHandle | undefined;
/** That of the newest plugin instance: those before it may be on their way out. */
let client: PluginInput["client"];

/** The plugin inside a background agent. It loads no library: each agent's start waits for it. */
export function agentPlugin(
  role: AgentRole,
  { input, options, moduleUrl, supervisorCheckMs, shell }: AgentPluginParts,
): Hooks {
  // The role has been taken: another copy of the plugin, found here as well, must not think itself in a host.
  liveInstances().set(role.instanceId, { directory: input.directory, moduleUrl });
  client = input.client;
  const agent = (agentOfProcess ??= startAgentRole({
    role,
    directory: input.directory,
    supervisorCheckMs,
    mayFinish: async () => await mayFinish(recordPath(statePathsOf(role), role.instanceId)),
    shell,
    provideAgents: async (config) => {
      // Whatever else the option is, it means yes, as for the supervisor.
      if (options?.["provideAgents"] !== false) provideAgents(config);
    },
    abortSession: async (id) => await client.session.abort({ path: { id } }),
    writeStderr: (text) => void process.stderr.write(text),
    answering: answering(() => client, input.directory),
    watchAnswers: (onAnswer) => watchAnswers(statePathsOf(role), role.instanceId, role.nonce, onAnswer),
  }));
  const guard = createLoopGuard(role.guard, {
    worktree: worktreeOf(input),
    noteFor: noteTaker(role.guard.sessionDir, (message) => void process.stderr.write(`bizar: ${message}\n`)),
    report: (message) => void process.stderr.write(`bizar: ${message}\n`),
    isIntervention: role.turn === "intervention" || role.turn === "fallback",
    onRepeatedText() {
      agent.textRepeated();
      return true;
    },
    onGiveUp: (marker) => agent.loopGuardGaveUp(marker),
  });
  const stateDir = dirname(role.guard.sessionDir);
  const { changeDir, recordDir, worktreeDir } = statePathsOf(role);
  const title = sessionTitle({
    sessionId: role.sessionId,
    recordPath: recordPath({ recordDir }, role.instanceId),
    async setTitle(id, text) {
      // By the title alone nobody could find it again whose host died before it knew which session it is.
      const metadata = { bizar: { instanceId: role.instanceId } };
      // It can be no child of the user's session. Archived it stays out of the lists of opencode's pages at least; its
      // terminal shows it all the same, and every way to open, read and continue it stays.
      const body = { title: text, metadata, time: { archived: Date.now() } };
      await rawClient(client).patch({ url: "/session/{id}", path: { id }, body, headers: JSON_HEADERS });
    },
    report: (error) => void process.stderr.write(`bizar: ${describeError(error)}\n`),
  });
  const place = ownFolderOf(worktreeDir, input.directory);
  const own = place === undefined ? {} : ownPlaceHooks(place);
  const plans = agentPlans({
    plansRoot: place?.originals[0],
    input,
    options,
    stateDir,
    instanceOf: async () => role.instanceId,
    report: (message) => void process.stderr.write(`bizar: ${message}\n`),
  });
  const ledger = ledgerHooks({
    ...{ directory: input.directory, folder: changeDir, recordDir, instanceOf: async () => role.instanceId },
    report: (message, cause) => void process.stderr.write(`bizar: ${message} ${describeError(cause)}\n`),
  });
  const tools = [
    tellParentTool(async (_, said) => agent.tellParent(said)),
    ...(role.asks === true ? [askUserTool(async (_, asked) => await agent.asks.ask(asked))] : []),
  ];
  return withRules(
    input,
    withLoopGuard(
      joinHooks(
        own,
        title,
        agent.hooks,
        agentTree(role),
        refusalWords((callId) => agent.isAsked(callId)),
        plans,
        ledger,
        schemaToolHooks(tools),
        inBackground(place),
      ),
      guard,
    ),
  );
}

/** Where the supervisor keeps what it knows. */
export function statePathsOf({ guard, worktreeDir }: Pick<AgentRole, "guard" | "worktreeDir">): StatePaths {
  return statePaths(dirname(guard.sessionDir), guard.logDir, worktreeDir);
}
