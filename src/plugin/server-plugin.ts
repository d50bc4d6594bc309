import { ownApi } from "../opencode/own-api.ts";
import type { Hooks } from "../opencode/plugin-api.ts";
import type { ServerRole } from "../agent-role/role.ts";
import { ServerLife } from "../agent-role/server-life.ts";
import { formatServerReport, type ServerReport } from "../agent-role/server-report.ts";
import { instanceFinder, serverRoleHooks } from "../agent-role/server-role.ts";
import { serverTree } from "../agent-role/server-tree.ts";
import { withRules } from "./with-rules.ts";
import { OpenAsks } from "../agent-role/open-asks.ts";
import { askUserTool } from "../host/tools/ask-user.ts";
import { tellParentTool } from "../host/tools/tell-parent.ts";
import { watchAnswers } from "../store/answer-files.ts";
import { provideAgents } from "../host/agents/provide-agents.ts";
import { answering } from "../opencode/answer-questions.ts";
import { refusalWords } from "../agent-role/refusal-words.ts";
import { MOST_SAID, type Asked, type Reply, type Said } from "../supervisor/questions.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { MARKER_NAME } from "../processes/end-tree.ts";
import { liveInstances } from "../processes/live-instances.ts";
import { agentHooks, statePathsOf } from "./agent-hooks.ts";
import { noteTaker } from "./note-taker.ts";
import type { AgentPluginParts } from "./agent-plugin.ts";
import { createLoopGuard, withLoopGuard } from "./loop-guard.ts";
import { worktreeOf } from "../opencode/worktree-of.ts";

/** Nothing that an agent starts needs it: the server has read it already. */
const PASSWORD_NAME = "OPENCODE_SERVER_PASSWORD";

/** Of more agents it is counted anew. */
const MOST_AGENTS = 1000;

/** One for all directories of this process. */
let life: ServerLife | undefined;

/** The plugin inside the server of warm agents, for one of its directories. It loads no library. */
export function serverPlugin(
  role: ServerRole,
  { input, options, moduleUrl, supervisorCheckMs }: AgentPluginParts,
): Hooks {
  delete process.env[PASSWORD_NAME];
  liveInstances().set(`${role.instanceId} ${input.directory}`, { directory: input.directory, moduleUrl });
  const { client } = input;
  const say = (report: ServerReport) => void process.stderr.write(`${formatServerReport(role.nonce, report)}\n`);
  if (life === undefined) {
    life = new ServerLife(role, supervisorCheckMs);
    say({ watches: "host" });
  }
  const finder = instanceFinder(async (id) => (await client.session.get({ path: { id } })).data);
  const { instanceOf } = finder;
  const marker = process.env[MARKER_NAME] ?? role.instanceId;
  const hooks = serverRoleHooks({
    life,
    marker,
    instanceOf,
    abortSession: async (id) => await client.session.abort({ path: { id } }),
    skipPermissions: role.skipPermissions,
    answering: answering(async () => await ownApi(() => client), input.directory),
    provideAgents: async (config) => {
      // Whatever else the option is, it means yes, as for the supervisor.
      if (options?.["provideAgents"] !== false) provideAgents(config);
    },
  });
  const guard = createLoopGuard(role.guard, {
    worktree: worktreeOf(input),
    noteFor: noteTaker(role.guard.sessionDir, report),
    report,
    onRepeatedText(id) {
      say({ session: id, text: "repeated" });
      return true;
    },
    onGiveUp: (marker, id) => say({ session: id, loopGuard: marker }),
  });
  const talk = new ServerTalk(role, instanceOf, say);
  const tools = [
    tellParentTool(async (...words) => await talk.tellParent(...words)),
    ...(role.asks === true ? [askUserTool(async (...question) => await talk.ask(...question))] : []),
  ];
  const known: Hooks = { event: async ({ event }) => finder.event(event) };
  const ofRole = [known, hooks, talk.hooks, serverTree(role, instanceOf), refusalWords()];
  const parts = { input, options, paths: statePathsOf(role), instanceOf, report };
  return withRules(input, withLoopGuard(agentHooks(parts, ofRole, tools), guard));
}

/** What the agents of a server say to those who asked for them, and ask the user. */
class ServerTalk {
  /** How often agents have told who asked for them something, in the turn that runs. */
  readonly #told = new NewestMap<number>(MOST_AGENTS);
  readonly hooks: Pick<Hooks, "chat.message"> = {
    // A prompt begins a turn.
    "chat.message": async ({ sessionID }) => void this.#told.delete((await this.instanceOf(sessionID)) ?? sessionID),
  };

  constructor(
    private readonly role: ServerRole,
    private readonly instanceOf: (sessionId: string) => Promise<string | undefined>,
    private readonly say: (report: ServerReport) => void,
  ) {}

  /** Returns how often it may yet; `undefined` where it may not any more. */
  async tellParent(session: string, said: Said): Promise<number | undefined> {
    const instanceId = (await this.instanceOf(session)) ?? session;
    const before = this.#told.get(instanceId) ?? 0;
    if (before === MOST_SAID) return undefined;
    this.#told.set(instanceId, before + 1);
    this.say({ session, said });
    return MOST_SAID - before - 1;
  }

  /** Each agent has a file of its own for its answers. */
  async ask(session: string, asked: Asked): Promise<Reply> {
    const instanceId = await this.instanceOf(session);
    if (instanceId === undefined) return { kind: "unanswered" };
    const { role, say } = this;
    const asks = new OpenAsks({
      waitMs: role.permissionWaitMs ?? 0,
      watch: (onAnswer) => watchAnswers(statePathsOf(role), instanceId, role.nonce, onAnswer),
      changed: ({ askId, what, options }, isOpen) =>
        isOpen && say({ session, asked: { askId, kind: "question", what, options } }),
    });
    return await asks.ask(asked);
  }
}

function report(message: string): void {
  process.stderr.write(`bizar: ${message}\n`);
}
