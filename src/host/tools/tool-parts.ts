import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { Options } from "../../config/options.ts";
import type { OwnerAnswer } from "../../store/ask-owner.ts";
import type { OwnerRequest, UserAnswer } from "../../store/request-files.ts";
import type { AnswerOutcome } from "../../supervisor/questions.ts";
import type { Clock } from "../../lib/clock.ts";
import type { TranscriptTurn } from "../../supervisor/ports.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import { describeError } from "../../lib/describe-error.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { HostClient } from "../host-client.ts";
import type { InstanceCatalog } from "../instance-catalog.ts";
import { maySupervise } from "../may-supervise.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import type { PlanTasks } from "../plans/plan-tasks.ts";
import type { UnreadMessages } from "../unread-messages.ts";
import { errorAnswer } from "./answer.ts";
import type { LastLooks } from "./last-looks.ts";
import { plainName } from "../../text/plain-name.ts";

/** What the tools work with. */
export interface ToolParts {
  readonly options: Options;
  readonly host: HostClient;
  readonly recordDir: string;
  readonly clock: Pick<Clock, "now">;
  /** What sessions have been told of their agents. */
  readonly looks: Pick<LastLooks, "known">;
  /** Whether this opencode, and with it the agents, end with the turn of the session. */
  readonly endsWithTurn: boolean;
  /** What the user has written, and the model has not seen. */
  readonly unread: Pick<UnreadMessages, "has" | "whenWritten">;
  /** Where what is known of changed files is kept. */
  readonly changeDir: string;
  /** Settles with what puts something before the user. */
  readonly desk: () => Promise<PlanServices>;
  /** The tasks of plans that agents are sent out for; absent where there are none. */
  readonly planTasks?: Pick<PlanTasks, "resolve">;
  /** Settles with what runs the agents; it may still have to be loaded. */
  readonly supervision: () => Promise<ToolSupervision>;
}

/** What came of a message to an agent. */
export type MessageOutcome =
  /** A further turn waits, or starts at once. */
  | "accepted"
  /** It is read at the agent's next step, or in a further turn where that one ends before. */
  | "noted"
  /** Another opencode holds the agent. */
  | "foreign";

/**
 * Gives an agent a message: a further turn, or with `now` something to read at its next step, where it is at work.
 * Rejects when no turn can be started now.
 */
export type SendMessage = (instanceId: string, prompt: string, now?: boolean) => Promise<MessageOutcome>;

/** What runs the agents, as far as the tools need it. */
export interface ToolSupervision {
  readonly supervisor: Supervisor;
  readonly catalog: InstanceCatalog;
  /** The folders that agents have of their own. */
  readonly workspace: Workspace;
  readonly sendMessage: SendMessage;
  /** The turns of a session at a place elsewhere; `undefined`: nobody here can ask there. Rejects when it cannot tell. */
  readonly readElsewhere?: (
    place: string,
    sessionId: string,
    prompts: ReadonlySet<string>,
  ) => Promise<TranscriptTurn[] | undefined>;
  /** Asks the opencode that owns an agent to do something. Rejects when that cannot be asked for. */
  readonly askOwner: (instanceId: string, request: OwnerRequest) => Promise<OwnerAnswer>;
  /** Gives an agent an answer of the user, whichever opencode runs it. */
  readonly answer: (instanceId: string, answer: UserAnswer) => Promise<AnswerOutcome>;
  /** A session waits for the results of these agents. Returns what ends the wait. */
  readonly collecting: (instanceIds: readonly string[], sessionId: string) => () => void;
}

type Execute<Args> = (given: Args, context: ToolContext) => Promise<ToolResult>;

/** Refuses callers that are not among `supervisorAgents`, with a sentence that helps. */
export function forSupervisors<Args>(tool: string, options: Options, run: Execute<Args>): Execute<Args> {
  const { supervisorAgents } = options;
  return async (given, context) => {
    if (maySupervise(options, context.agent)) return await run(given, context);
    return errorAnswer(
      `${tool} is for ${supervisorAgents.join(", ")}; the agent "${plainName(context.agent)}" may not use it. ` +
        `Do the work yourself, or ask the user to switch to ${supervisorAgents[0]}. ` +
        `The plugin's option "supervisorAgents" decides who may.`,
      { agent: context.agent, supervisorAgents },
    );
  };
}

/** A tool never throws: whatever goes wrong becomes its answer. */
export function neverThrowing<Args>(tool: string, run: Execute<Args>): Execute<Args> {
  return async (given, context) => {
    try {
      return await run(given, context);
    } catch (error) {
      return errorAnswer(`${tool} failed: ${describeError(error)}`);
    }
  };
}
