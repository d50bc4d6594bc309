import type { ToolContext } from "../../opencode/plugin-api.ts";
import type { BaseClock } from "../../lib/clock.ts";
import { isRecord } from "../../lib/is-record.ts";

/** A longer text takes more than two lines of a narrow terminal. */
const LONG_CHARACTERS = 120;
/** What a call is about, in words for the user; no tool takes it. */
export const ABOUT = "for";
const ID = "instanceId";

/**
 * The arguments of a call as the terminal UI is to show them. It prints plain ones whole, a prompt of 2 000 characters
 * on 30 lines, and lists not at all: a long text becomes a list of one, which is read as the text itself where a model
 * writes what it has seen. `undefined` where there is nothing to change.
 *
 * @param about what the arguments do not say, such as the agent of an id
 */
export function quietInput(given: unknown, about: Readonly<Record<string, string>>): object | undefined {
  if (!isRecord(given)) return undefined;
  const quiet = Object.entries(given).map(([name, value]) => {
    const isSaid = isLong(value) || (name === ID && ABOUT in about);
    return [name, isSaid && !Array.isArray(value) ? [value] : value] as const;
  });
  const isChanged = Object.keys(about).length > 0 || quiet.some(([name, value]) => value !== given[name]);
  return isChanged ? { ...about, ...Object.fromEntries(quiet) } : undefined;
}

function isLong(value: unknown): value is string {
  return typeof value === "string" && (value.length > LONG_CHARACTERS || value.includes("\n"));
}

/** What a call begins has the host's thread for itself until then: an agent is at work the sooner. */
const SOON_MS = 200;

export interface QuietCallsParts {
  readonly clock: Pick<BaseClock, "after">;
  /** Puts arguments into the call on the screen. Settles with whether it was there, and at work. */
  readonly showInput: (sessionId: string, messageId: string, callId: string, input: object) => Promise<boolean>;
  /** What the arguments of a call of this tool do not say. */
  readonly about: (
    tool: string,
    given: Readonly<Record<string, unknown>>,
    sessionId: string,
  ) => Promise<Record<string, string>>;
}

/** Makes the lines of calls short that are on the screen. */
export class QuietCalls {
  constructor(private readonly parts: QuietCallsParts) {}

  /** Runs a call; its line is quiet soon after it has begun, at the latest when it ends. Only the call itself can fail. */
  async run<T>(tool: string, given: unknown, context: ToolContext, call: () => Promise<T>): Promise<T> {
    const show = async () => await this.#show(tool, given, context).catch(() => false);
    let first: Promise<boolean> | undefined;
    const timer = this.parts.clock.after(SOON_MS, () => void (first = show()));
    let answer: T;
    try {
      answer = await call();
    } finally {
      timer.clear();
    }
    // The host may not have known of the call yet; behind its end nothing may be changed.
    if ((await first) !== true) await show();
    return answer;
  }

  async #show(tool: string, given: unknown, context: ToolContext): Promise<boolean> {
    const { sessionID, messageID, abort } = context;
    // In no type of the host's, and there.
    const callId: unknown = Reflect.get(context, "callID");
    if (typeof callId !== "string" || !isRecord(given)) return true;
    const input = quietInput(given, await this.parts.about(tool, given, sessionID));
    if (input === undefined || abort.aborted) return true;
    return await this.parts.showInput(sessionID, messageID, callId, input);
  }
}
