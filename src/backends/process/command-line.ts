import { ROLE_VARIABLE, type AgentRole } from "../../agent-role/role.ts";
import { MODELS_PATH } from "../../opencode/models-path.ts";
import { MARKER_NAME } from "../../processes/end-tree.ts";
import type { TurnRequest } from "../../supervisor/ports.ts";
import { plainName } from "../../text/plain-name.ts";

/**
 * The arguments of one `opencode run`. The prompt is not among them: it goes over stdin, where it arrives byte for
 * byte and stays out of the process list. The model is always passed: without it the child would take the configured
 * default, not what its parent runs on. A name that somebody else has given is one word with its option: it may be
 * `-v`.
 */
export function runArguments(turn: TurnRequest, skipPermissions: boolean): string[] {
  const { providerId, modelId, variant } = turn.model;
  return [
    ...["run", "--format", "json", "--thinking", "--print-logs", "--log-level", "INFO"],
    ...["--dir", turn.directory, "--title", `bgr:${plainName(turn.agent)}:${turn.instanceId}`],
    ...[`--agent=${turn.agent}`, `--model=${providerId}/${modelId}`],
    ...(variant === undefined ? [] : [`--variant=${variant}`]),
    ...(turn.sessionId === null ? [] : ["--session", turn.sessionId]),
    ...(skipPermissions ? ["--auto"] : []),
  ];
}

/** The environment of one `opencode run`: the caller's own, the role, and the marker by which its tree is found. */
export function runEnvironment(inherited: NodeJS.ProcessEnv, role: AgentRole): NodeJS.ProcessEnv {
  const outer = inherited[MARKER_NAME];
  return {
    ...inherited,
    [ROLE_VARIABLE]: JSON.stringify(role),
    ...(role.modelsPath === undefined ? {} : { [MODELS_PATH]: role.modelsPath }),
    // An agent of an opencode that itself runs in an agent's bash belongs to both trees.
    [MARKER_NAME]: outer === undefined ? role.instanceId : `${outer}/${role.instanceId}`,
  };
}
