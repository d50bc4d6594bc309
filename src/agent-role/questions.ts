import type { Answering } from "../opencode/answer-questions.ts";
import { ASKED_USER } from "../opencode/refusals.ts";
import { fitsPattern } from "../opencode/wildcard.ts";
import { isText, listOf, orAbsent, shape, type Checked } from "../lib/shape.ts";
import { allowedBy, type Allowed, type Asked, type Reply } from "../supervisor/questions.ts";
import { DOOM_LOOP } from "../opencode/tool-names.ts";

const isPermission = shape({
  ...{ id: isText, sessionID: isText, permission: isText, patterns: listOf(isText) },
  always: orAbsent(listOf(isText)),
  tool: orAbsent(shape({ callID: isText })),
});
const isQuestion = shape({ id: isText, sessionID: isText });

/** What an agent reads that needs a permission which nobody can give it. */
export const NO_PERMISSION =
  "Nobody can give this permission in the background: the call was refused, and would be again. Do it in another way " +
  "that you are allowed, or go on without it and say in your last message what you would have needed it for.";

/** … which the user was asked for, and did not give. */
export const REFUSED_BY_USER =
  "The user was asked for this permission and said no. Do it in another way that you are allowed, or go on without it " +
  "and say in your last message what you would have needed it for.";

/** … which the user was asked for, and has not answered. */
export const UNANSWERED =
  "The user was asked for this permission and has not answered: the call was refused, and further ones are at once. Do " +
  "it in another way that you are allowed, or go on without it and say in your last message what you would have needed it for.";

/** What an agent reads that asks the user something. */
export const NO_ANSWER =
  "Nobody can be asked in the background. Decide it yourself, or go on without it and say in your last message what you " +
  "would have asked, and why.";

/** What the plugin itself says of a refusal. */
export const OWN_WORDS: ReadonlySet<string> = new Set([NO_PERMISSION, REFUSED_BY_USER, UNANSWERED, ASKED_USER]);

/** By what a permission is given or not. */
export interface PermissionRules {
  /** Every question is answered with yes; what the configuration denies never becomes one. */
  readonly skipPermissions: boolean;
  /** Whether the user is asked; absent: nobody is. */
  readonly asks?: boolean | undefined;
  /** What the user has allowed the agent for good. */
  readonly allowed?: readonly Allowed[] | undefined;
}

/** A question of an agent, or of one of its native subagents. */
export interface AgentQuestion {
  readonly sessionId: string;
  readonly asked: Asked;
  /** The call that needs it, where one does. */
  readonly callId: string | undefined;
}

/** The question that an event tells of; `undefined` when it tells of something else. */
export function readQuestion({
  type,
  properties,
}: {
  readonly type: string;
  readonly properties?: unknown;
}): AgentQuestion | undefined {
  if (type === "permission.asked" && isPermission(properties)) return permissionQuestion(properties);
  if (type !== "question.asked" || !isQuestion(properties)) return undefined;
  const { id: askId, sessionID: sessionId } = properties;
  return { sessionId, asked: { askId, kind: "question", what: "a question to the user" }, callId: undefined };
}

function permissionQuestion(asked: Checked<typeof isPermission>): AgentQuestion {
  const { id: askId, sessionID: sessionId, permission, patterns, always, tool } = asked;
  const what = `${permission}: ${patterns.join(", ")}`;
  return { sessionId, asked: { askId, kind: "permission", what, permission, patterns, always }, callId: tool?.callID };
}

/** The one place where it is decided what becomes of an agent's question, whatever runs the agent. */
export class QuestionJudge {
  #allowed: readonly Allowed[];
  #isLeftAlone = false;

  constructor(private readonly rules: PermissionRules) {
    this.#allowed = rules.allowed ?? [];
  }

  /** The reply to a question; `undefined`: the user is asked. */
  judge(asked: Asked): Reply | undefined {
    // opencode's own question tool: where an agent may ask the user something, the plugin has a tool of its own.
    if (asked.kind === "question") return { kind: "no" };
    // Agents of this machine have that allowed: whether one goes round in circles the loop guard decides.
    if (this.rules.skipPermissions || asked.permission === DOOM_LOOP || this.#isAllowed(asked)) return { kind: "once" };
    if (this.rules.asks !== true) return { kind: "no", words: NO_PERMISSION };
    return this.#isLeftAlone ? { kind: "unanswered" } : undefined;
  }

  /** The user has answered, or has not. */
  learn(asked: Asked, reply: Reply): void {
    if (reply.kind === "always") this.#allowed = [...this.#allowed, ...allowedBy(asked)];
    this.#isLeftAlone ||= reply.kind === "unanswered";
  }

  #isAllowed({ permission, patterns = [] }: Asked): boolean {
    const isGiven = (pattern: string) =>
      this.#allowed.some((rule) => rule.permission === permission && fitsPattern(pattern, rule.pattern));
    return patterns.length > 0 && patterns.every(isGiven);
  }
}

/** What a question and its reply are in the log. */
export function questionLine({ kind, what }: Asked, reply: Reply | undefined): string {
  const head = kind === "permission" ? `! permission requested: ${what}` : `! ${what}`;
  if (reply === undefined) return `${head}; the user is asked`;
  return `${head}; ${reply.kind === "once" ? "allowed" : "refused"} without asking anybody`;
}

/** What the model reads of a no; `undefined` of a yes. */
export function refusalText(reply: Reply): string | undefined {
  switch (reply.kind) {
    case "once":
    case "always":
    case "answer":
      return undefined;
    case "no":
      return reply.words ?? REFUSED_BY_USER;
    case "unanswered":
      return UNANSWERED;
  }
}

/** Gives opencode the reply. Rejects when it was not taken. */
export async function giveReply(by: Answering, { kind, askId }: Asked, reply: Reply): Promise<void> {
  const text = refusalText(reply);
  if (kind === "question") await by.rejectQuestion(askId);
  // Never "always": opencode would hold that for every session of the folder.
  else if (text === undefined) await by.replyPermission(askId, "once");
  else await by.replyPermission(askId, "reject", text);
}
