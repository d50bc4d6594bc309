import type { Instance } from "../../supervisor/instance.ts";
import type { Reason } from "../../supervisor/outcome.ts";
import { unreachable } from "../../lib/unreachable.ts";
import { SEND_MESSAGE, SPAWN } from "../../text/own-tools.ts";

/** The call that helps on after an end that was none of `done`; `undefined` where somebody wanted it so. */
export function nextCall({ instanceId, sessionId, state, losesSession }: Instance): string | undefined {
  if (!("reason" in state) || state.status === "done" || state.reason === null) return undefined;
  const goOn =
    sessionId === null || losesSession === true
      ? `${SPAWN} with the same prompt tries it once more`
      : `${SEND_MESSAGE} {"instanceId": "${instanceId}", "prompt": "…"} has it go on where it was`;
  return next(state.reason, goOn);
}

const SMALLER = `${SPAWN} with a smaller task and another approach, on what it has found`;

function next(reason: Reason, goOn: string): string | undefined {
  switch (reason) {
    case "killed":
    case "empty_result":
      return undefined;
    case "budget":
      return "tell the user that the budget is used up; start nothing in its place";
    case "agent_unknown":
    case "model_unknown":
    case "wrong_agent":
      return `${SPAWN} with an agent and a model that are configured`;
    case "spawn_failed":
    case "workspace_failed":
      return `${SPAWN} once the error is mended`;
    case "permission_denied":
      return `${SPAWN} with an agent that may do that, or do that step yourself`;
    case "loop_guard":
    case "thinking_loop":
    case "tool_cap":
    case "context_exhausted":
    case "deadline":
      return SMALLER;
    case "tool_stuck":
      return `${goOn}, with a command that ends`;
    case "session_error":
    case "connection_lost":
    case "exit_nonzero":
    case "stalled":
    case "supervisor_lost":
    case "shutdown":
      return goOn;
    default:
      return unreachable(reason);
  }
}
