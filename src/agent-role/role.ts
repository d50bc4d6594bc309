import { homedir } from "node:os";
import { join } from "node:path";
import { describeError } from "../lib/describe-error.ts";
import {
  isThat,
  systemProcessTable,
  type ProcessIdentity,
  type ProcessInfo,
  type ProcessTable,
} from "../processes/process-table.ts";
import { isGuardSettings } from "../guard/guard-settings.ts";
import { MODELS_PATH } from "../opencode/models-path.ts";
import {
  isFlag,
  isNumber,
  isText,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  shape,
  type Check,
  type Checked,
} from "../lib/shape.ts";

/**
 * The environment variable that makes an `opencode run` a background agent, or an `opencode serve` the server of warm
 * ones. Never inherited by what it starts.
 */
export const ROLE_VARIABLE = "BIZAR_AGENT_ROLE";
/** The pid of the shell that a launcher has started elsewhere, and that has read the role from its first line. */
export const LAUNCHED_VARIABLE = "BIZAR_LAUNCHED";
/** Behind an agent's id: the marker of what it starts elsewhere, which its launcher here does not carry. */
export const THERE = "@there";
/** Stands for a role: the plugin says that it is here, and is an ordinary one otherwise. */
export const PROBE = "probe";
const MIN_NONCE = 8;

const questionShapes = {
  skipPermissions: isFlag,
  /** Whether the user is asked, and for how long a question waits. */
  asks: orAbsent(isFlag),
  permissionWaitMs: orAbsent(isNumber),
};

const roleShape = shape({
  instanceId: isText,
  /** Prefix of the telemetry lines: nothing else on stderr can be taken for one. */
  nonce: isText,
  agent: isText,
  /** The session that a follow-up continues. */
  sessionId: orNull(isText),
  supervisor: shape({ pid: isNumber, startTime: isText }),
  onExit: oneOf("kill", "finish"),
  turn: oneOf("initial", "follow_up", "intervention", "fallback"),
  /** How questions are answered. */
  ...questionShapes,
  allowed: orAbsent(listOf(shape({ permission: isText, pattern: isText }))),
  /** The short list of models that opencode has read at its start; what the agent starts has no use for it. */
  modelsPath: orAbsent(isText),
  /** How it was launched elsewhere: with the files of its supervisor's machine, or with copies of them. */
  launched: orAbsent(oneOf("shared", "git")),
  /** Where the own folders of agents are, where that is not in the state folder. */
  worktreeDir: orAbsent(isText),
  guard: isGuardSettings,
});

const serverRoleShape = shape({
  kind: oneOf("server"),
  /** The marker that everything the server starts carries. */
  instanceId: isText,
  nonce: isText,
  supervisor: shape({ pid: isNumber, startTime: isText }),
  onExit: oneOf("kill", "finish"),
  /** How questions are answered; those for permissions once the supervisor is gone. */
  ...questionShapes,
  /** The short list of models that opencode has read at its start; what the agent starts has no use for it. */
  modelsPath: orAbsent(isText),
  /** Where the own folders of agents are, where that is not in the state folder. */
  worktreeDir: orAbsent(isText),
  guard: isGuardSettings,
});

/** What a supervisor tells the plugin inside the server of its warm agents. */
export type ServerRole = WithOptional<Checked<typeof serverRoleShape>>;

/** What a supervisor tells the plugin inside a child. No prompt and no secret: the environment is not private. */
export type AgentRole = WithOptional<Checked<typeof roleShape>>;

type MayLack = "modelsPath" | "asks" | "permissionWaitMs" | "allowed" | "launched" | "worktreeDir";
type WithOptional<Role> = Omit<Role, MayLack> & Partial<Pick<Role, MayLack & keyof Role>>;

const isRole: Check<AgentRole> = roleShape;
const isServerRole: Check<ServerRole> = serverRoleShape;

/** The marker of everything that an agent starts. */
export function markerOf({ instanceId, launched }: Pick<AgentRole, "instanceId" | "launched">): string {
  return launched === undefined ? instanceId : `${instanceId}${THERE}`;
}

/** What this process is to the plugin. */
export type ProcessRole =
  /** An ordinary opencode: the plugin supervises. */
  | { readonly kind: "host" }
  /** A background agent of the supervisor that has started it, itself or through a wrapper. */
  | {
      readonly kind: "agent";
      readonly role: AgentRole;
      /** Launched elsewhere: the shell that has started it. */
      readonly shell?: number;
    }
  /** The server of the warm agents of the host that has started it so. */
  | { readonly kind: "server"; readonly role: ServerRole }
  /** Somebody only wants to know whether the plugin is here, and which agents there are. */
  | { readonly kind: "probe" }
  /**
   * A background agent, or a server of such, that does not see its supervisor above it: that one was gone before the
   * plugin was loaded, or what was started has put itself elsewhere. It has done nothing yet, and nobody knows the session
   * of a first turn: with `onExit: "finish"` its result would not be found. As a host it would have every tool, and
   * nobody to end it.
   */
  | { readonly kind: "orphan"; readonly role: OrphanRole; readonly why: string };

const isOrphanRole = shape({ instanceId: isText, nonce: isText });

/** As much of a role as it needs to say that it is none, and to end. */
export type OrphanRole = Checked<typeof isOrphanRole>;

/** More wrappers than anybody nests: a table that goes in a circle. */
const MOST_PARENTS = 64;
const NAME_CHARACTERS = 60;
const OTHER_VERSION = "it has loaded another version of Bizar than the opencode that asked for it";

/**
 * Reads the role from the environment and takes it out, so that an `opencode run` in the agent's own bash is an
 * ordinary one. The role holds only where the supervisor that the environment names is above this process: its parent,
 * or that of a wrapper which does not `exec`.
 */
export function takeProcessRole(
  environment: NodeJS.ProcessEnv = process.env,
  parentPid: number = process.ppid,
  table: ProcessTable = systemProcessTable(),
): ProcessRole {
  const text = environment[ROLE_VARIABLE];
  const shell = Number(environment[LAUNCHED_VARIABLE]);
  delete environment[ROLE_VARIABLE];
  delete environment[LAUNCHED_VARIABLE];
  if (text === undefined) return { kind: "host" };
  if (text === PROBE) return { kind: "probe" };
  const role = parseRole(text);
  if (role === undefined) return { kind: "host" };
  if (!isServerRole(role) && !isRole(role)) return { kind: "orphan", role, why: OTHER_VERSION };
  if (role.modelsPath !== undefined && environment[MODELS_PATH] === role.modelsPath) delete environment[MODELS_PATH];
  if ("launched" in role && role.launched !== undefined) return launchedRole(role, shell, parentPid, table);
  const why = whyUnsupervised(role.supervisor, parentPid, table);
  if (why !== undefined) return { kind: "orphan", role, why };
  return isServerRole(role) ? { kind: "server", role } : { kind: "agent", role };
}

/** Elsewhere no supervisor is above it: the shell is that has read the role from the pipe of its launcher. */
function launchedRole(role: AgentRole, shell: number, parentPid: number, table: ProcessTable): ProcessRole {
  try {
    const isBelow = parentPid === shell || parents(parentPid, table).some(({ pid }) => pid === shell);
    if (isBelow) return { kind: "agent", role: role.launched === "git" ? withOwnState(role) : role, shell };
    return { kind: "orphan", role, why: `the shell ${shell} that its launcher has started is not above it` };
  } catch (error) {
    return { kind: "orphan", role, why: `it cannot see whether its launcher is above it: ${describeError(error)}` };
  }
}

/** The supervisor's files are on another machine. */
function withOwnState(role: AgentRole): AgentRole {
  const home = process.env["XDG_CACHE_HOME"] ?? join(process.env["HOME"] ?? homedir(), ".cache");
  const stateDir = join(home, "bizar");
  const guard = { ...role.guard, sessionDir: join(stateDir, "sessions"), logDir: join(stateDir, "logs") };
  return { ...role, guard };
}

/** Why this process does not count as started by that one; `undefined` where it does. */
function whyUnsupervised(supervisor: ProcessIdentity, parentPid: number, table: ProcessTable): string | undefined {
  if (parentPid === supervisor.pid) return undefined;
  const asked = `process ${supervisor.pid}, which asked for it,`;
  try {
    const above = parents(parentPid, table);
    if (above.some((row) => isThat(supervisor, row))) return undefined;
    const names = above.map(({ pid, command }) => `${pid} (${command.slice(0, NAME_CHARACTERS)})`).join(", ");
    if (isThat(supervisor, table.find(supervisor.pid))) return `${asked} is not above it, but ${names || "nobody"}`;
    return `${asked} has gone, or has another number where it runs; above it is ${names || "nobody"}`;
  } catch (error) {
    return `it cannot see whether ${asked} is above it: ${describeError(error)}`;
  }
}

function parents(pid: number, table: ProcessTable): ProcessInfo[] {
  const above: ProcessInfo[] = [];
  for (let row = table.find(pid); row !== undefined && above.length < MOST_PARENTS; row = table.find(row.parentPid)) {
    above.push(row);
  }
  return above;
}

function parseRole(text: string): AgentRole | ServerRole | OrphanRole | undefined {
  try {
    const role: unknown = JSON.parse(text);
    return isOrphanRole(role) && role.nonce.length >= MIN_NONCE ? role : undefined;
  } catch {
    // Not JSON: somebody else's variable. The process is an ordinary host then.
    return undefined;
  }
}
