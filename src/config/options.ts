import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { launchersSchema, readDefaultPlace, readLaunchers, type LauncherOptions } from "./launchers.ts";
import { placeNames } from "./places.ts";
import { readServers, serversSchema, type ServerOptions } from "./servers.ts";
import * as z from "../lib/schema.ts";
import { nearestName } from "./nearest-name.ts";
import { withRisingThresholds } from "./rising-thresholds.ts";

const MEBIBYTE = 1_048_576;

/** An option: what it is where nothing is said, and its schema. */
interface Option<T> {
  readonly fallback: T;
  readonly schema: () => z.ZodMiniType<T>;
}

// Most options are not set, opencode waits for the plugin at its start, and making a schema is slow.

/** A whole number with a range: outside values are clamped to it, but see {@link zeroRefusesAll}. */
const whole = (fallback: number, min: number, max = Number.MAX_SAFE_INTEGER): Option<number> => ({
  fallback,
  schema: () => z.int().check(z.gte(min), z.lte(max)),
});
/** Nothing or more. */
const amount: Option<number> = { fallback: 0, schema: () => z.number().check(z.gte(0)) };
const flag = (fallback: boolean): Option<boolean> => ({ fallback, schema: () => z.boolean() });
const text = () => z.string().check(z.minLength(1));
const textOrNone: Option<string | null> = { fallback: null, schema: () => z.nullable(text()) };
const texts: Option<string[]> = { fallback: [], schema: () => z.array(text()) };
/** One of these words; the first where nothing is said. */
const choice = <const Word extends string>(fallback: Word, ...others: readonly Word[]): Option<Word> => ({
  fallback,
  schema: () => z.enum([fallback, ...others]),
});

const askOrRefuse: Option<"ask" | "refuse" | null> = {
  fallback: null,
  schema: () => z.nullable(z.enum(["ask", "refuse"])),
};
const modelsByAgent: Option<Record<string, string[]>> = {
  fallback: {},
  schema: () => z.record(z.string(), z.array(z.string().check(z.regex(/^[^/]+\/.+/)))),
};
const supervisors: Option<string[]> = { fallback: ["odin"], schema: () => z.array(text()).check(z.minLength(1)) };
const launchersOption: Option<Record<string, LauncherOptions>> = { fallback: {}, schema: launchersSchema };
const serversOption: Option<ServerOptions[]> = { fallback: [], schema: serversSchema };

/**
 * Every option of the plugin, with its default and the reason for it. Options come as the second element of the
 * plugin tuple in `opencode.json`; environment variables override them (see {@link environmentNames}). Users read these
 * comments in `docs/options.md`, and their editors show them: `bun run docs` takes them over.
 */
const allOptions = {
  /** Where records, results and logs live. `null`: `$XDG_CACHE_HOME/bizar`, or `~/.cache/bizar`. */
  stateDir: textOrNone,
  /** Where operators tail the logs. `null`: `logs` under `stateDir`. */
  logDir: textOrNone,
  /** Size in bytes at which a log rotates. 10 MiB: a long run fits, and `.1` to `.3` keep it under 40 MiB an agent. */
  logRotationBytes: whole(10 * MEBIBYTE, 1024),
  /**
   * How agents run: `process`, an `opencode run` each, isolates best; `warm`, a session each in one `opencode serve`,
   * starts at once and takes a fraction of the memory.
   */
  backend: choice("process", "warm"),
  /** Milliseconds after which the server of the warm agents is ended when none runs. 10 minutes: a break between tasks. */
  warmIdleMs: whole(600_000, 1000, 86_400_000),
  /** Whether agents work in the caller's folder, or each in a copy of its own, whose changes are brought back on request. */
  isolation: choice("none", "worktree"),
  /** Agents that always have a folder of their own. */
  isolateAgents: texts,
  /** Who brings such changes back: the agent that asked for the work, or only you, on the page or by a command of yours. */
  applyChanges: choice("agent", "user"),
  /** Megabytes of untracked files that are copied into such a folder. 100: more are data, not work. */
  isolationUntrackedMb: whole(100, 0, 100_000),
  /** A command of the shell that makes such a folder ready to work in, such as `bun install`. */
  worktreeSetup: textOrNone,
  /** Milliseconds that it may take. 10 minutes: an install without a cache is long. */
  worktreeSetupTimeoutMs: whole(600_000, 1000, 3_600_000),
  /** Where such folders are made. `null`: `worktrees` under `stateDir`; agents elsewhere need one that is shared with there. */
  worktreeDir: textOrNone,
  /** Places elsewhere, each with what goes before `opencode run`: Slurm, ssh, containers. See docs/elsewhere.md. */
  launchers: launchersOption,
  /** A pool of `opencode serve` on other machines, each with a clone of the repository. See docs/servers.md. */
  servers: serversOption,
  /** Megabytes that may come back from an agent in copied files elsewhere in one turn. 1024: more are data, not work. */
  bringBackMb: whole(1024, 1, 100_000),
  /** The place where agents run for which none is named, or `any` for a server with room. `null`: here. */
  defaultLauncher: textOrNone,
  /** Agents running at once. 8: each is a process of 250 to 590 MB. */
  maxConcurrentInstances: whole(8, 1, 32),
  /** With less than this available only one agent runs, in megabytes. 768: one agent, and room for your own work; 0: off. */
  minFreeMemoryMb: whole(768, 0, 65_536),
  /** Answer yes to permission questions nobody can be asked; what the configuration denies stays denied. */
  backgroundSkipPermissions: flag(false),
  /**
   * What becomes of a permission question of an agent: you are asked, or it is refused in words and the agent goes on.
   * `null`: `refuse` under `opencode run` and in CI, `ask` elsewhere.
   */
  backgroundPermissions: askOrRefuse,
  /** Milliseconds that such a question waits for you. 10 minutes: then it is refused, and further ones at once. */
  permissionWaitMs: whole(600_000, 1000, 86_400_000),
  /** The models that go on, in order, where an agent's own does not answer: by the agent's name, `*` for all others. */
  fallbackModels: modelsByAgent,
  /** Milliseconds for which a provider may ask to wait before the next model goes on. 2 minutes: the host's own retries. */
  maxRetryWaitMs: whole(120_000, 0, 86_400_000),
  /** How often a turn is gone on with by itself that the network or a crashed server has cut short. */
  autoContinue: whole(1, 0, 10),
  /** Agents that may spawn, collect and kill. `["*"]` opens that to all. */
  supervisorAgents: supervisors,
  /** Provide `odin`, `mimir` and `thor` where no agent of that name is configured. */
  provideAgents: flag(true),
  /** How the session that asked is told of an end: it reacts at once, finds a note at its next turn, or is not told. */
  announce: choice("wake", "note", "off"),
  /** When an end is told: each at once, or with the last of those that were spawned in one message; a failure at once. */
  announceBatch: choice("each", "together"),
  /** What a background agent does when its supervisor is gone: end itself, or work on to the end of its turn. */
  onExit: choice("kill", "finish"),
  /** Milliseconds between SIGTERM and SIGKILL when an agent is ended. */
  killGraceMs: whole(5000, 0, 60_000),
  /** The opencode binary for background agents. `null`: the host's own. */
  opencodeBinary: textOrNone,
  /** The number of the same call, with the same result, at which the model is told; must rise to the next two. */
  loopThresholdWarn: whole(5, 1),
  /** The number of the same call at which the model is told strongly. */
  loopThresholdEscalate: whole(8, 1),
  /** The number at which such a call is refused. */
  loopThresholdBlock: whole(12, 1),
  /** So many of the last calls are looked at; raised to the block threshold where it is smaller. */
  loopWindowSize: whole(10, 3, 50),
  /** Tools that may be called again and again, beside those that exist to wait or to write notes. */
  loopExemptTools: texts,
  /** Milliseconds without any event of the session after which an agent is ended as `stalled`. */
  backgroundStallTimeoutMs: whole(180_000, 10_000, 600_000),
  /** Milliseconds of thinking alone after which an agent is helped out, then ended as `thinking_loop`. */
  backgroundThinkingLoopTimeoutMs: whole(300_000, 30_000, 900_000),
  /** Milliseconds that one tool call may take. 30 minutes: builds and test suites are long. */
  backgroundToolTimeoutMs: whole(1_800_000, 10_000, 86_400_000),
  /** How often an agent that only thinks is helped out before it is ended. */
  backgroundMaxInterventions: whole(1, 0, 3),
  /** Tool calls that one agent may make. */
  backgroundToolCallCap: whole(500, 1, 5000),
  /** US dollars that one agent may cost; 0: no limit. */
  backgroundBudgetUsd: amount,
  /** Tokens that one agent may use; 0: no limit. */
  backgroundTokenBudget: whole(0, 0),
  /** US dollars that all agents of one opencode process may cost together; 0: no limit. */
  fleetBudgetUsd: amount,
  /** Whether a plan opens in the browser by itself, where there is one. `never`: its link is printed only. */
  planOpenBrowser: choice("auto", "never"),
  /**
   * A command of `sh` that is run when an agent has ended, asks you something, or a plan or changes wait for you. What
   * happened is in its environment: `BIZAR_EVENT` (`end`, `question`, `review`), and `BIZAR_AGENT`, `BIZAR_TITLE`, `BIZAR_ID`,
   * `BIZAR_STATUS`, `BIZAR_REASON`, `BIZAR_TEXT`, `BIZAR_SUBJECT` where there is one.
   */
  notifyCommand: textOrNone,
  /** While a plan is up for review: the agent is asked to wait, or its tools that write are refused as well. */
  planGate: choice("ask", "enforce"),
};

/** Options whose lowest number lets next to nothing through: who writes 0 or less means something else. */
const zeroRefusesAll: ReadonlySet<string> = new Set(["loopThresholdBlock", "backgroundToolCallCap"]);

type OptionName = keyof typeof allOptions;
type RawOptions = { [Name in OptionName]: (typeof allOptions)[Name]["fallback"] };

/** The schema of all options, for those who describe them. */
export function optionsSchema(): z.ZodMiniType {
  const each = Object.entries(allOptions) as [OptionName, Option<unknown>][];
  return z.object(
    Object.fromEntries(each.map(([name, { schema, fallback }]) => [name, z._default(schema(), fallback)])),
  );
}

/** The options in force: every path absolute, every number within its range. */
export interface Options extends Omit<RawOptions, "stateDir" | "logDir" | "worktreeDir"> {
  readonly stateDir: string;
  readonly worktreeDir: string;
  readonly logDir: string;
  /** `BIZAR_DISABLE_LOG=1`: no operator logs are written. */
  readonly logsDisabled: boolean;
  /** `BIZAR_DISABLE_LOOP=1`: the loop guard decides nothing. */
  readonly loopGuardDisabled: boolean;
  /** The least severe level of the plugin's own messages that reaches opencode's log. */
  readonly logLevel: LogLevel;
}

const logLevels = ["debug", "info", "warn", "error"] as const;
/** Severity of the plugin's own messages, least severe first. */
export type LogLevel = (typeof logLevels)[number];

/** What {@link readOptions} found: the options, and one sentence for each input that was not taken as it came. */
export interface OptionsReading {
  readonly options: Options;
  readonly warnings: readonly string[];
}

/** Environment variables that override options, and how their text becomes a value. */
export const environmentNames: Readonly<Record<string, { option: OptionName; read: (text: string) => unknown }>> = {
  BIZAR_STATE_DIR: { option: "stateDir", read: (text) => text },
  BIZAR_LOG_DIR: { option: "logDir", read: (text) => text },
  BIZAR_WORKTREE_DIR: { option: "worktreeDir", read: (text) => text },
  BIZAR_MAX_CONCURRENT_INSTANCES: { option: "maxConcurrentInstances", read: readNumber },
  BIZAR_STALL_TIMEOUT_MS: { option: "backgroundStallTimeoutMs", read: readNumber },
  BIZAR_THINKING_LOOP_TIMEOUT_MS: { option: "backgroundThinkingLoopTimeoutMs", read: readNumber },
  BIZAR_MAX_INTERVENTIONS: { option: "backgroundMaxInterventions", read: readNumber },
  BIZAR_BACKGROUND_TOOL_CALL_CAP: { option: "backgroundToolCallCap", read: readNumber },
  BIZAR_BACKGROUND_SKIP_PERMISSIONS: { option: "backgroundSkipPermissions", read: (text) => text === "1" },
};

/**
 * Reads the plugin's options. Never throws: a value that cannot be used is clamped or replaced by the default, with
 * one warning that names the option, the value and what is used instead.
 *
 * @param raw the second element of the plugin tuple, as the host hands it over
 * @param environment read once; its variables win over options
 */
export function readOptions(raw: unknown, environment: NodeJS.ProcessEnv): OptionsReading {
  const warnings: string[] = [];
  const given = asOptionsObject(raw, warnings);
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(allOptions, name)) warnings.push(unknownOption(name));
  }
  const launchers = readLaunchers(given["launchers"], warnings);
  const servers = readServers(given["servers"], Object.keys(launchers), warnings);
  const sources = new Map<string, string>();
  for (const [variable, { option, read }] of Object.entries(environmentNames)) {
    const text = environment[variable];
    if (text === undefined || text === "") continue;
    given[option] = read(text);
    sources.set(option, variable);
  }
  // These two have been read, each of their places for itself.
  const { launchers: _launchers, servers: _servers, ...others } = allOptions;
  const entries = Object.entries(others).map(([name, option]) => [
    name,
    readOne({ name, label: sources.get(name) ?? name, option }, given[name], warnings),
  ]);
  const parsed = { ...Object.fromEntries(entries), launchers, servers } as RawOptions;
  const taken = withRisingThresholds(parsed, (name) => given[name] !== undefined, warnings);
  const stateDir = absolute(taken.stateDir ?? join(cacheHome(environment), "bizar"));
  const options: Options = {
    ...taken,
    stateDir,
    logDir: taken.logDir === null ? join(stateDir, "logs") : absolute(taken.logDir),
    worktreeDir: taken.worktreeDir === null ? join(stateDir, "worktrees") : absolute(taken.worktreeDir),
    defaultLauncher: readDefaultPlace(taken.defaultLauncher, placeNames(taken), warnings),
    logsDisabled: environment["BIZAR_DISABLE_LOG"] === "1",
    loopGuardDisabled: environment["BIZAR_DISABLE_LOOP"] === "1",
    logLevel: readLogLevel(environment["BIZAR_LOG_LEVEL"], warnings),
  };
  return { options, warnings };
}

function asOptionsObject(raw: unknown, warnings: string[]): Record<string, unknown> {
  if (raw === undefined || raw === null) return {};
  if (typeof raw === "object" && !Array.isArray(raw)) return { ...raw };
  warnings.push(`The plugin's options must be an object, not ${show(raw)}; the defaults are used.`);
  return {};
}

function unknownOption(name: string): string {
  const near = nearestName(name, Object.keys(allOptions));
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return `There is no option "${name}"; it is ignored.${hint}`;
}

interface NamedOption {
  readonly name: string;
  /** What the user has written: the option's name, or that of a variable. */
  readonly label: string;
  readonly option: Option<unknown>;
}

function readOne({ name, label, option }: NamedOption, value: unknown, warnings: string[]): unknown {
  if (value === undefined) return structuredClone(option.fallback);
  const schema = option.schema();
  const direct = schema.safeParse(value);
  if (direct.success) return direct.data;
  const isTooLow = typeof value === "number" && value < 1 && zeroRefusesAll.has(name);
  const used = (isTooLow ? undefined : clampInto(schema, value, direct.error)) ?? structuredClone(option.fallback);
  const reason = direct.error.issues[0]?.message ?? "not usable";
  warnings.push(`Option "${label}" is ${show(value)} (${reason}); ${show(used)} is used instead.`);
  return used;
}

/** A number brought into its range; `undefined` where that cannot be done. */
function clampInto(schema: z.ZodMiniType, value: unknown, error: z.core.$ZodError): unknown {
  const clamped = clamp(value, error);
  if (clamped === undefined || clamped === value) return undefined;
  const retry = schema.safeParse(clamped);
  // A fraction out of range needs two steps: made whole, then clamped.
  return retry.success ? retry.data : clampInto(schema, clamped, retry.error);
}

/** The bound that a number missed, or the number made whole; `undefined` where clamping has no meaning. */
function clamp(value: unknown, error: z.core.$ZodError): number | undefined {
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const issue = error.issues.find(({ code }) => code === "too_small" || code === "too_big");
  if (issue?.code === "too_small") return Number(issue.minimum);
  if (issue?.code === "too_big") return Number(issue.maximum);
  return Math.round(value);
}

function readNumber(text: string): unknown {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}

function readLogLevel(text: string | undefined, warnings: string[]): LogLevel {
  const fallback: LogLevel = "info";
  if (text === undefined || text === "") return fallback;
  const level = logLevels.find((candidate) => candidate === text.toLowerCase());
  if (level !== undefined) return level;
  warnings.push(`BIZAR_LOG_LEVEL is ${show(text)}; expected one of ${logLevels.join(", ")}; "${fallback}" is used.`);
  return fallback;
}

function cacheHome(environment: NodeJS.ProcessEnv): string {
  const configured = environment["XDG_CACHE_HOME"];
  if (configured !== undefined && isAbsolute(configured)) return configured;
  return join(environment["HOME"] ?? homedir(), ".cache");
}

function absolute(path: string): string {
  return resolve(path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
