import { basename } from "node:path";
import * as z from "../lib/schema.ts";
import { nearestName } from "./nearest-name.ts";
import { shown, valueAt, whyNoPlaceName } from "./place-names.ts";

/** A day: lines of a busy cluster are long, and one that nobody serves should be told of some time. */
const QUEUE_MS = 86_400_000;
const SLOTS = 8;

const words = () => z.array(z.string().check(z.minLength(1))).check(z.minLength(1));

const launcherSchema = () =>
  z.object({
    /** What goes before `opencode run`, word by word. `{instanceId}` is the agent's id; see {@link PLACEHOLDERS}. */
    command: words(),
    /** `shared`: the same files are there under the same path. `git`: the agent's own folder travels there and back. */
    files: z._default(z.enum(["shared", "git"]), "shared"),
    /** The folder there: with `shared` instead of the caller's, with `git` the one that the agents' folders are made in. */
    directory: z.optional(z.string().check(z.minLength(1))),
    /** What ends an agent for good, beside the end of the launcher itself. */
    kill: z.optional(words()),
    /** So many agents are launched at once. */
    slots: z._default(z.int().check(z.gte(1), z.lte(1000)), SLOTS),
    /** Milliseconds that an agent may wait there before it begins. */
    queueMs: z._default(z.int().check(z.gte(1000), z.lte(604_800_000)), QUEUE_MS),
    /** Whether a session is still there after its turn. Absent: not where the command makes a container. */
    keepsSessions: z.optional(z.boolean()),
  });

/** One way to run agents elsewhere. */
export type LauncherOptions = z.infer<ReturnType<typeof launcherSchema>>;

const CONTAINERS = new Set(["docker", "podman", "nerdctl", "kubectl", "oc"]);

/** Whether what the command starts has files of its own that are gone with it: a container. */
export function losesSessions({ command, keepsSessions }: Pick<LauncherOptions, "command" | "keepsSessions">): boolean {
  if (keepsSessions !== undefined) return !keepsSessions;
  const program = command.findIndex((word) => CONTAINERS.has(basename(word)));
  return program >= 0 && command.includes("run", program);
}

/** The option `launchers`; each launcher is read for itself, by {@link readLaunchers}. */
export const launchersSchema = () => z.record(z.string(), launcherSchema());

/** Words of a command that stand for something. */
export const PLACEHOLDERS = ["instanceId", "command"];

/** The launchers that can be used, and a warning for each that cannot, or not as it is written. */
export function readLaunchers(raw: unknown, warnings: string[]): Record<string, LauncherOptions> {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== "object" || Array.isArray(raw)) {
    warnings.push(
      `Option "launchers" must be an object with a launcher under each name, not ${shown(raw)}; it is ignored.`,
    );
    return {};
  }
  return Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]) => {
      const read = readOne(name, value, warnings);
      return read === undefined ? [] : [[name, read]];
    }),
  );
}

function readOne(name: string, value: unknown, warnings: string[]): LauncherOptions | undefined {
  const label = `Option "launchers.${name}"`;
  const isIgnored = (why: string) => void warnings.push(`${label} ${why}; this launcher is ignored.`);
  const noName = whyNoPlaceName(name);
  if (noName !== undefined) {
    isIgnored(noName);
    return undefined;
  }
  const launcher = launcherSchema();
  const parsed = launcher.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const path = issue.path.map(String);
      const came = shown(valueAt(value, path));
      return `${path.length === 0 ? "it" : `"${path.join(".")}"`} is ${came}, expected ${expected(path, issue.message)}`;
    });
    isIgnored(`cannot be used: ${faults.join("; ")}`);
    return undefined;
  }
  for (const key of Object.keys(value as object)) {
    if (Object.hasOwn(launcher.shape, key)) continue;
    const near = nearestName(key, Object.keys(launcher.shape));
    warnings.push(`${label} has no "${key}"; it is ignored.${near === undefined ? "" : ` Did you mean "${near}"?`}`);
  }
  const unknown = [...parsed.data.command, ...(parsed.data.kill ?? [])].flatMap(unknownPlaceholders);
  if (unknown.length > 0) {
    isIgnored(`has ${unknown.join(", ")} in a command: expected {instanceId}, or {command} where it is to stand`);
    return undefined;
  }
  if (parsed.data.kill?.some((word) => word.includes("{command}")) === true) {
    isIgnored(`has {command} in "kill", which starts none`);
    return undefined;
  }
  return parsed.data;
}

/** Braces that nobody fills; templates of other programs, such as `{{.ID}}`, are theirs. */
function unknownPlaceholders(word: string): string[] {
  return [...word.matchAll(/(?<!\{|\$)\{([A-Za-z_]+)\}(?!\})/g)].flatMap(([whole, name = ""]) =>
    PLACEHOLDERS.includes(name) ? [] : [whole],
  );
}

const EXPECTED: Readonly<Record<string, string>> = {
  "": `an object such as {"command": ["srun", "-n1"], "files": "shared"}`,
  command: `a list of words, such as ["srun", "-n1"]`,
  kill: `a list of words, such as ["scancel", "--name", "{instanceId}"]`,
  files: `"shared" or "git"`,
  directory: "a folder there",
  slots: "a whole number from 1 to 1000",
  queueMs: "milliseconds, from 1000 to 604800000",
  keepsSessions: "true or false",
};

function expected([first = "", ...rest]: readonly string[], message: string): string {
  return rest.length > 0 ? "a word that is not empty" : (EXPECTED[first] ?? message);
}

/**
 * The place where agents run for which none is named: `null`, on this machine.
 *
 * @param names those that are set up
 */
export function readDefaultPlace(given: string | null, names: readonly string[], warnings: string[]): string | null {
  if (given === null || given === "here") return null;
  if (names.includes(given)) return given;
  const near = nearestName(given, names);
  const known = names.length === 0 ? "none is set up" : `there are ${names.join(", ")}`;
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  warnings.push(`Option "defaultLauncher" is "${given}", which is no place: ${known}. Agents run here.${hint}`);
  return null;
}
