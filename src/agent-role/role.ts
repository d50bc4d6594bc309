import { systemProcessTable, type ProcessTable } from "../processes/process-table.ts";
import { isGuardSettings } from "../guard/guard-settings.ts";
import { MODELS_PATH } from "../opencode/models-path.ts";
import { isFlag, isNumber, isText, oneOf, orAbsent, orNull, shape, type Check, type Checked } from "../shape.ts";

/**
 * The environment variable that makes an `opencode run` a background agent, or an `opencode serve` the server of warm
 * ones. Never inherited by what it starts.
 */
export const ROLE_VARIABLE = "BIZAR_AGENT_ROLE";
const MIN_NONCE = 8;

const roleShape = shape({
  instanceId: isText,
  /** Prefix of the telemetry lines: nothing else on stderr can be taken for one. */
  nonce: isText,
  agent: isText,
  /** The session that a follow-up continues. */
  sessionId: orNull(isText),
  supervisor: shape({ pid: isNumber, startTime: isText }),
  onExit: oneOf("kill", "finish"),
  turn: oneOf("initial", "follow_up", "intervention"),
  /** The short list of models that opencode has read at its start; what the agent starts has no use for it. */
  modelsPath: orAbsent(isText),
  guard: isGuardSettings,
});

const serverRoleShape = shape({
  kind: oneOf("server"),
  /** The marker that everything the server starts carries. */
  instanceId: isText,
  nonce: isText,
  supervisor: shape({ pid: isNumber, startTime: isText }),
  onExit: oneOf("kill", "finish"),
  /** How questions are answered once the supervisor is gone. */
  skipPermissions: isFlag,
  /** The short list of models that opencode has read at its start; what the agent starts has no use for it. */
  modelsPath: orAbsent(isText),
  guard: isGuardSettings,
});

/** What a supervisor tells the plugin inside the server of its warm agents. */
export type ServerRole = WithModels<Checked<typeof serverRoleShape>>;

/** What a supervisor tells the plugin inside a child. No prompt and no secret: the environment is not private. */
export type AgentRole = WithModels<Checked<typeof roleShape>>;

type WithModels<Role extends { readonly modelsPath: string | undefined }> = Omit<Role, "modelsPath"> &
  Partial<Pick<Role, "modelsPath">>;

const isRole: Check<AgentRole> = roleShape;
const isServerRole: Check<ServerRole> = serverRoleShape;

/** What this process is to the plugin. */
export type ProcessRole =
  /** An ordinary opencode: the plugin supervises. */
  | { readonly kind: "host" }
  /** A background agent of the supervisor that is its parent. */
  | { readonly kind: "agent"; readonly role: AgentRole }
  /** The server of the warm agents of the host that is its parent. */
  | { readonly kind: "server"; readonly role: ServerRole }
  /**
   * A background agent, or a server of such, whose supervisor was gone before the plugin was loaded. It has done nothing
   * yet, and nobody knows the session of a first turn: with `onExit: "finish"` its result would not be found.
   */
  | { readonly kind: "orphan"; readonly role: AgentRole | ServerRole };

/**
 * Reads the role from the environment and takes it out, so that an `opencode run` in the agent's own bash is an
 * ordinary one. The role holds only where the parent process is the supervisor that the environment names.
 */
export function takeProcessRole(
  environment: NodeJS.ProcessEnv = process.env,
  parentPid: number = process.ppid,
  table: ProcessTable = systemProcessTable(),
): ProcessRole {
  const text = environment[ROLE_VARIABLE];
  delete environment[ROLE_VARIABLE];
  if (text === undefined) return { kind: "host" };
  const role = parseRole(text);
  if (role === undefined) return { kind: "host" };
  if (role.modelsPath !== undefined && environment[MODELS_PATH] === role.modelsPath) delete environment[MODELS_PATH];
  if (parentPid === role.supervisor.pid) {
    return isServerRole(role) ? { kind: "server", role } : { kind: "agent", role };
  }
  const supervisor = table.find(role.supervisor.pid);
  const lives = supervisor !== undefined && !supervisor.isZombie && supervisor.startTime === role.supervisor.startTime;
  return lives ? { kind: "host" } : { kind: "orphan", role };
}

function parseRole(text: string): AgentRole | ServerRole | undefined {
  try {
    const role: unknown = JSON.parse(text);
    return (isServerRole(role) || isRole(role)) && role.nonce.length >= MIN_NONCE ? role : undefined;
  } catch {
    // Not JSON: somebody else's variable. The process is an ordinary host then.
    return undefined;
  }
}
