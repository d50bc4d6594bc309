import { ownApi } from "../opencode/own-api.ts";
import { ownMetadata } from "../opencode/own-metadata.ts";
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
import { askUserTool } from "../host/tools/ask-user.ts";
import { tellParentTool } from "../host/tools/tell-parent.ts";
import { watchAnswers } from "../store/answer-files.ts";
import { provideAgents } from "../host/agents/provide-agents.ts";
import { answering } from "../opencode/answer-questions.ts";
import { agentHooks, statePathsOf } from "./agent-hooks.ts";
import { noteTaker } from "./note-taker.ts";
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
const api = async () => await ownApi(() => client);

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
    answering: answering(api, input.directory),
    watchAnswers: (onAnswer) => watchAnswers(statePathsOf(role), role.instanceId, role.nonce, onAnswer),
  }));
  const guard = createLoopGuard(role.guard, {
    worktree: worktreeOf(input),
    noteFor: noteTaker(role.guard.sessionDir, report),
    report,
    isIntervention: role.turn === "intervention" || role.turn === "fallback",
    onRepeatedText() {
      agent.textRepeated();
      return true;
    },
    onGiveUp: (marker) => agent.loopGuardGaveUp(marker),
  });
  const tools = [
    tellParentTool(async (_, said) => agent.tellParent(said)),
    ...(role.asks === true ? [askUserTool(async (_, asked) => await agent.asks.ask(asked))] : []),
  ];
  const ofRole = [titleHooks(role), agent.hooks, agentTree(role), refusalWords((callId) => agent.isAsked(callId))];
  const paths = statePathsOf(role);
  const parts = { input, options, paths, report, instanceOf: async () => role.instanceId };
  return withRules(input, withLoopGuard(agentHooks(parts, ofRole, tools), guard));
}

function titleHooks(role: AgentRole): Hooks {
  return sessionTitle({
    sessionId: role.sessionId,
    recordPath: recordPath(statePathsOf(role), role.instanceId),
    async setTitle(id, text) {
      // By the title alone nobody could find it again whose host died before it knew which session it is.
      const metadata = ownMetadata({ instanceId: role.instanceId });
      // It can be no child of the user's session. Archived it stays out of the lists of opencode's pages at least; its
      // terminal shows it all the same, and every way to open, read and continue it stays.
      const body = { title: text, metadata, time: { archived: Date.now() } };
      const request = { method: "patch", url: "/session/{sessionID}", path: { sessionID: id }, body } as const;
      await (await api()).send("an answer to a title", request);
    },
    report: (error) => report(describeError(error)),
  });
}

function report(message: string): void {
  process.stderr.write(`bizar: ${message}\n`);
}
