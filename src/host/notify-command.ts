import { describeError } from "../lib/describe-error.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { Question } from "../supervisor/questions.ts";
import { plainName } from "../text/plain-name.ts";
import { plainLine } from "../text/plain-text.ts";

/** Something that the user may want to hear of away from the screen. */
export type Notice =
  /** An agent has ended. */
  | ({ readonly event: "end" } & AgentNotice & { readonly status: string; readonly reason?: string | undefined })
  /** An agent asks for a permission, or has a question. */
  | ({ readonly event: "question" } & AgentNotice & { readonly text: string })
  /** A plan waits for a decision, or what an agent has changed. */
  | { readonly event: "review"; readonly subject: string };

interface AgentNotice {
  readonly instanceId: string;
  readonly agent: string;
  readonly title: string;
}

/** A command hangs only for itself; at its end there is nothing more to tell. */
const LIMIT_MS = 30_000;
const TEXT_CHARACTERS = 300;
const OWN = "BIZAR_";

export interface NotifyCommandParts {
  /** The user's, for `sh`; `null`: none. */
  readonly command: string | null;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly report: (message: string) => void;
}

/**
 * Runs the user's command for a notice. What happened is in its environment only: titles come from models, and nothing
 * of them may be read as a word of the shell. Nobody waits for it; one that fails is reported once.
 */
export function notifyCommand({
  command,
  directory,
  environment,
  report,
}: NotifyCommandParts): (notice: Notice) => void {
  if (command === null) return () => undefined;
  let hasFailed = false;
  const failed = (why: string) => {
    if (!hasFailed) report(`The command of the option "notifyCommand" ${why}: ${command}`);
    hasFailed = true;
  };
  return (notice) => {
    const env = { ...withoutOwn(environment), ...variablesOf(notice) };
    try {
      const child = Bun.spawn(["sh", "-c", command], {
        ...{ cwd: directory, env, timeout: LIMIT_MS, killSignal: "SIGKILL" },
        stdio: ["ignore", "ignore", "ignore"],
        onExit(_child, exitCode, signal) {
          if (exitCode === 0) hasFailed = false;
          else failed(signal === null ? `ended with ${exitCode}` : `was ended by ${signal}`);
        },
      });
      // opencode does not wait for it to quit.
      child.unref();
    } catch (error) {
      failed(`could not be run (${describeError(error)})`);
    }
  };
}

/** What the user hears of a question. */
export function questionNotice({ instanceId, agent, title }: Instance, { what }: Pick<Question, "what">): Notice {
  return { event: "question", instanceId, agent, title, text: what };
}

/** The end of an agent as a notice. */
export function endNotice({ instanceId, agent, title, state }: Instance): Notice {
  const reason = "reason" in state ? (state.reason ?? undefined) : undefined;
  return { event: "end", instanceId, agent, title, status: state.status, reason };
}

/** Settings of the plugin, and what it tells its agents, are nothing to a command of the user. */
function withoutOwn(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith(OWN)));
}

function variablesOf(notice: Notice): Record<string, string> {
  const { event } = notice;
  if (notice.event === "review") return named({ event, subject: notice.subject });
  const { instanceId: id, title } = notice;
  const agent = plainName(notice.agent);
  return notice.event === "end"
    ? named({ event, id, agent, title, status: notice.status, reason: notice.reason ?? "" })
    : named({ event, id, agent, title, text: notice.text });
}

function named(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${OWN}${name.toUpperCase()}`, plainLine(value, TEXT_CHARACTERS)]),
  );
}
