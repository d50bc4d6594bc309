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
 *
 * @param directory `null`: whoever starts it adds one
 */
export function runArguments(
  turn: TurnRequest,
  skipPermissions: boolean,
  directory: string | null = turn.directory,
): string[] {
  const { providerId, modelId, variant } = turn.model;
  return [
    ...["run", "--format", "json", "--thinking", "--print-logs", "--log-level", "INFO"],
    ...(directory === null ? [] : ["--dir", directory]),
    ...["--title", `bgr:${plainName(turn.agent)}:${turn.instanceId}`],
    ...[`--agent=${turn.agent}`, `--model=${providerId}/${modelId}`],
    ...(variant === undefined ? [] : [`--variant=${variant}`]),
    ...(turn.sessionId === null ? [] : ["--session", turn.sessionId]),
    ...(skipPermissions ? ["--auto"] : []),
  ];
}

/** The environment of one `opencode run`: the caller's own, the role, and the marker by which its tree is found. */
export function runEnvironment(inherited: NodeJS.ProcessEnv, role: AgentRole): NodeJS.ProcessEnv {
  return {
    ...markedEnvironment(inherited, role.instanceId),
    [ROLE_VARIABLE]: JSON.stringify(role),
    ...(role.modelsPath === undefined ? {} : { [MODELS_PATH]: role.modelsPath }),
  };
}

/** The caller's own environment with the marker alone: that of a launcher, through which no role travels. */
export function markedEnvironment(inherited: NodeJS.ProcessEnv, instanceId: string): NodeJS.ProcessEnv {
  const outer = inherited[MARKER_NAME];
  // An agent of an opencode that itself runs in an agent's bash belongs to both trees.
  return { ...inherited, [MARKER_NAME]: outer === undefined ? instanceId : `${outer}/${instanceId}` };
}

/** What goes over stdin: byte for byte, and out of every list of processes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
