import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import type { Options } from "../../config/options.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/describe-error.ts";
import type { HostClient } from "../../opencode/host-client.ts";
import type { Fleet } from "../../fleet/fleet.ts";
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
  readonly fleet: () => Promise<Fleet>;
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
