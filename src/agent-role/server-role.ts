import type { Hooks } from "../opencode/plugin-api.ts";
import { NewestMap } from "../lib/newest-map.ts";
import type { Answering } from "../opencode/answer-questions.ts";
import { MARKER_NAME } from "../processes/end-tree.ts";
import { isAnything, isText, orAbsent, shape, type Checked } from "../lib/shape.ts";
import { agentIn } from "../opencode/own-metadata.ts";
import { sessionChange, type OpencodeEvent } from "../opencode/session-events.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { adaptServerConfig } from "./child-config.ts";
import { giveReply, QuestionJudge, readQuestion } from "./questions.ts";
import type { ServerLife } from "./server-life.ts";

const isSession = shape({
  parentID: orAbsent(isText),
  metadata: isAnything,
});

const hasBegun = shape({ sessionID: isText, info: isSession });

export interface ServerRoleParts {
  readonly life: ServerLife;
  /** The server's own marker, as its environment has it. */
  readonly marker: string;
  /** The agent that a session belongs to. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** Stops the turn of a session. */
  readonly abortSession: (sessionId: string) => Promise<unknown>;
  /** Answer every permission question with yes; what the configuration denies never becomes one. */
  readonly skipPermissions: boolean;
  /** Answers what an agent asks a person. */
  readonly answering: Answering;
  /** Adds the agents that the plugin provides, where the options ask for it. */
  readonly provideAgents: NonNullable<Hooks["config"]>;
}

/** Native subagents may have subagents. */
const MOST_GENERATIONS = 8;

const isAnswer = shape({ requestID: isText });
const ANSWERED = new Set(["permission.replied", "question.replied", "question.rejected"]);

/** Of other sessions the host is asked again. */
const MOST_REMEMBERED = 1000;

/** Knows whose sessions are which. */
export interface InstanceFinder {
  /** The agent that a session belongs to; `undefined` of one that is no agent's. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  /** An event of the host: of a session that begins now nothing has to be asked. */
  readonly event: (event: OpencodeEvent) => void;
}

export function instanceFinder(
  /** A session as opencode knows it. */
  session: (sessionId: string) => Promise<unknown>,
): InstanceFinder {
  const instances = new NewestMap<string>(MOST_REMEMBERED);
  return {
    async instanceOf(sessionId) {
      const known = instances.get(sessionId);
      if (known !== undefined) return known;
      const found = await findInstance(session, sessionId);
      if (found !== undefined) instances.set(sessionId, found);
      return found;
    },
    event({ type, properties }) {
      if (type !== "session.created" || !hasBegun(properties)) return;
      const { sessionID, info } = properties;
      const own = agentIn(info.metadata);
      const found = own === undefined ? instances.get(info.parentID ?? "") : validId(own);
      if (found !== undefined) instances.set(sessionID, found);
    },
  };
}

/** The plugin inside the server of warm agents, for one of its directories. */
export function serverRoleHooks(parts: ServerRoleParts): Required<Pick<Hooks, "config" | "event" | "shell.env">> {
  const { instanceOf } = parts;
  return {
    async config(config) {
      await parts.provideAgents(config);
      adaptServerConfig(config);
    },
    async event({ event }) {
      applyEvent(parts, event);
    },
    // What an agent starts carries its marker, so that it can be found and ended without the others.
    async "shell.env"({ sessionID }, { env }) {
      const instanceId = sessionID === undefined ? undefined : await instanceOf(sessionID);
      if (instanceId !== undefined) env[MARKER_NAME] = `${parts.marker}/${instanceId}`;
    },
  };
}

function applyEvent(parts: ServerRoleParts, event: HostEvent): void {
  const { life, abortSession, answering } = parts;
  // The host's own types lag behind its events.
  const { type, properties }: { type: string; properties?: unknown } = event;
  const question = readQuestion(event);
  if (question !== undefined) {
    const { asked, sessionId } = question;
    // Once the supervisor is gone nobody can be asked.
    const reply = new QuestionJudge({ skipPermissions: parts.skipPermissions }).judge(asked) ?? { kind: "unanswered" };
    life.asked(asked.askId, sessionId, async () => await giveReply(answering, asked, reply));
  }
  const change = sessionChange(event);
  if (change?.to === "idle") life.turnEnded(change.sessionId);
  else if (change?.to === "busy") life.turnRuns(change.sessionId, async () => await abortSession(change.sessionId));
  else if (ANSWERED.has(type) && isAnswer(properties)) {
    life.answered(properties.requestID);
  }
}

type HostEvent = Parameters<NonNullable<Hooks["event"]>>[0]["event"];

/** The agent that a session belongs to: its own, or that of the session whose native subagent it is. */
async function findInstance(
  session: (sessionId: string) => Promise<unknown>,
  sessionId: string,
): Promise<string | undefined> {
  let next: string | undefined = sessionId;
  for (let generation = 0; next !== undefined && generation < MOST_GENERATIONS; generation++) {
    const found: unknown = await session(next);
    if (!isSession(found)) return undefined;
    const { parentID, metadata }: Checked<typeof isSession> = found;
    const instanceId = agentIn(metadata);
    if (instanceId !== undefined) return validId(instanceId);
    next = parentID;
  }
  return undefined;
}

function validId(instanceId: string): string | undefined {
  return INSTANCE_ID.test(instanceId) ? instanceId : undefined;
}
