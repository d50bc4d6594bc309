import type { Hooks } from "../../opencode/plugin-api.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { isText, oneOf, shape } from "../../lib/shape.ts";
import { plainName } from "../../text/plain-name.ts";
import { isSideRequest } from "../side-request.ts";
import { shorten } from "../../text/shorten.ts";
import type { AgentBefore, AgentOut } from "./agent-out.ts";
import { COLLECT, SPAWN } from "../../text/own-tools.ts";

export interface AgentsOutParts {
  /** The agents of a session that have not ended. */
  readonly out: (sessionId: string) => Promise<readonly AgentOut[]>;
  /** Settles when one of them ends, or when nothing can end any more. */
  readonly oneEnded: (sessionId: string) => Promise<void>;
  /** Tells a session now of the ends that it has not been told of. Returns whether there were some. */
  readonly tellNow: (sessionId: string) => Promise<boolean>;
  /** Puts a message into a session, which its next step sees. */
  readonly put: (sessionId: string, text: string) => Promise<void>;
  /** The agents that a session had before this opencode was started, and of whose end it has not been told. */
  readonly before: (sessionId: string) => Promise<readonly AgentBefore[]>;
  /** Whether an agent may collect. */
  readonly maySupervise: (agent: string) => boolean;
  /** Whether this opencode ends with the turn of the session. */
  readonly isRun: boolean;
  /** Whether the agents end with it. */
  readonly endsAgents: boolean;
  readonly report: (message: string, cause: unknown) => void;
}

type AgentsOutHooks = Required<
  Pick<
    Hooks,
    | "event"
    | "experimental.session.compacting"
    | "experimental.chat.messages.transform"
    | "experimental.chat.system.transform"
    | "experimental.text.complete"
    | "tool.execute.after"
  >
>;

const MOST_SESSIONS = 200;
const TITLE_CHARACTERS = 60;
const isUser = shape({ role: oneOf("user"), sessionID: isText, agent: isText });
const isSpawn = shape({ type: oneOf("tool"), tool: oneOf(SPAWN) });
const hasEnded = shape({ info: shape({ sessionID: isText, role: oneOf("assistant"), id: isText, finish: isText }) });

const IN_RUN = `This opencode run ends with your turn, and your background agents end with it: before you end it, collect them with ${COLLECT}.`;

/**
 * Keeps a session and its agents together: after a compaction those that run are named to it again, and under
 * `opencode run`, which ends with the turn, it is not let go while they run. Of those that it had before a run it is told
 * in that run: nobody else tells it.
 */
export function agentsOutHooks(parts: AgentsOutParts): AgentsOutHooks {
  const { isRun, endsAgents } = parts;
  /** The messages whose text has been held, or that have been answered by a reminder. */
  const held = new NewestMap<true>(MOST_SESSIONS);
  const compacted = new NewestMap<string | undefined>(MOST_SESSIONS);
  /** Sessions that had agents: what was said once is said at each step, so that nothing before it becomes new. */
  const warned = new NewestMap<true>(MOST_SESSIONS);
  /** What was said of agents from before: the same at each step, as well. */
  const saidBefore = new NewestMap<string | undefined>(MOST_SESSIONS);
  const keeper = new SessionKeeper(parts, (sessionId) => saidBefore.get(sessionId) !== undefined);

  return {
    async "experimental.text.complete"({ sessionID, messageID }) {
      if (!isRun) return;
      held.set(messageID, true);
      await keeper.keep(sessionID);
    },
    async event({ event: { type, properties } }) {
      // A step without a text: nothing holds it, and whatever comes before it is stored as the last is seen.
      if (!isRun || type !== "message.updated" || !hasEnded(properties)) return;
      const { id, sessionID, finish } = properties.info;
      if (finish !== "stop" || held.has(id)) return;
      held.set(id, true);
      await keeper.keep(sessionID);
    },
    async "tool.execute.after"({ sessionID }) {
      keeper.goesOn(sessionID);
    },
    async "experimental.session.compacting"({ sessionID }) {
      compacted.set(sessionID, undefined);
    },
    async "experimental.chat.messages.transform"(_input, { messages }) {
      const asked = messages.map(({ info }): unknown => info).findLast(isUser);
      if (!isRun || asked === undefined || saidBefore.has(asked.sessionID)) return;
      const { sessionID, agent } = asked;
      const hasSpawned = messages.some((message) => message.parts.some((part: unknown) => isSpawn(part)));
      const agents = hasSpawned && parts.maySupervise(agent) ? await parts.before(sessionID).catch(() => []) : [];
      saidBefore.set(sessionID, agents.length === 0 ? undefined : beforeText(agents));
    },
    async "experimental.chat.system.transform"({ sessionID }, { system }) {
      if (sessionID === undefined || isSideRequest(system)) return;
      const agents = await parts.out(sessionID).catch(() => []);
      if (agents.length > 0 && endsAgents) warned.set(sessionID, true);
      if (warned.has(sessionID)) system.push(IN_RUN);
      const before = saidBefore.get(sessionID);
      if (before !== undefined) system.push(before);
      if (agents.length === 0) compacted.delete(sessionID);
      if (!compacted.has(sessionID)) return;
      // The same words at each step: another system text makes the whole conversation new to the provider.
      const text = compacted.get(sessionID) ?? afterCompactionText(agents);
      compacted.set(sessionID, text);
      system.push(text);
    },
  };
}

/** Keeps a session that is about to end, as long as something of its agents is to be told to it. */
class SessionKeeper {
  /** The sessions that were told, when they were about to end, what still runs; until they call a tool. */
  readonly #told = new NewestMap<true>(MOST_SESSIONS);
  readonly #reminded = new NewestMap<true>(MOST_SESSIONS);

  constructor(
    private readonly parts: AgentsOutParts,
    /** Whether a session was told of agents from before. */
    private readonly knowsOfBefore: (sessionId: string) => boolean,
  ) {}

  /** Settles when the session may end, or has been given something to do. Never rejects. */
  async keep(sessionId: string): Promise<void> {
    await this.#keep(sessionId).catch((error: unknown) =>
      this.parts.report("A session could not be kept until its agents end.", error),
    );
  }

  /** It calls a tool: it is not about to end. */
  goesOn(sessionId: string): void {
    this.#told.delete(sessionId);
  }

  async #keep(sessionId: string): Promise<void> {
    const { endsAgents, out, oneEnded, put, tellNow } = this.parts;
    // What has ended meanwhile is told first: that is what the session waits for.
    if (endsAgents && (await tellNow(sessionId))) return;
    const agents = endsAgents ? await out(sessionId) : [];
    if (agents.length === 0) {
      await this.#remindOfBefore(sessionId);
      return;
    }
    if (!this.#told.has(sessionId)) {
      this.#told.set(sessionId, true);
      await put(sessionId, stillOutText(agents));
      return;
    }
    // It was told, and is about to end all the same: the agents' own limits bound this.
    await oneEnded(sessionId);
    if (!(await tellNow(sessionId))) await put(sessionId, stillOutText(agents));
  }

  async #remindOfBefore(sessionId: string): Promise<void> {
    if (!this.knowsOfBefore(sessionId) || this.#reminded.has(sessionId)) return;
    this.#reminded.set(sessionId, true);
    const agents = await this.parts.before(sessionId);
    if (agents.length > 0) await this.parts.put(sessionId, reminderText(beforeText(agents)));
  }
}

function stillOutText(agents: readonly AgentOut[]): string {
  const end = "This opencode run ends with your turn, and they end with it. When your own work is done";
  return reminderText(`${list(agents)}\n${end}, call ${collectCall(agents)}, and end your turn with what they found.`);
}

/** The same words while they are said at each step: how each of them stands is the collect's to tell. */
function beforeText(agents: readonly AgentBefore[]): string {
  const lines = agents.map((agent) => {
    return `${line(agent)}: ${agent.ended === undefined ? "it has not ended" : `ended (${agent.ended})`}`;
  });
  const head = "You have background agents from before this opencode run, and were not told of their end:";
  const end = "This run ends with your turn, and nothing tells you of them later: before you end it";
  return [head, ...lines, `${end}, call ${collectCall(agents)}.`].join("\n");
}

function reminderText(text: string): string {
  return `This is an automatic message of the Bizar plugin. It does not come from the user.\n${text}`;
}

function collectCall(agents: readonly AgentOut[]): string {
  return `${COLLECT} ${JSON.stringify({ instanceIds: agents.map(({ instanceId }) => instanceId) })}`;
}

function afterCompactionText(agents: readonly AgentOut[]): string {
  return `When this conversation was summed up, these background agents of yours were at work; you are told when one ends.\n${list(agents)}`;
}

function list(agents: readonly AgentOut[]): string {
  return [agents.length === 1 ? "A background agent still runs:" : `${agents.length} background agents still run:`]
    .concat(agents.map(line))
    .join("\n");
}

function line({ instanceId, agent, title }: AgentOut): string {
  return `- ${plainName(agent)} ${instanceId}, ${JSON.stringify(shorten(title, TITLE_CHARACTERS))}`;
}
