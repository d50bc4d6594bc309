import type { Answering } from "../opencode/answer-questions.ts";
import { isText, listOf, shape, type Checked } from "../shape.ts";

const isPermission = shape({ id: isText, sessionID: isText, permission: isText, patterns: listOf(isText) });
const isQuestion = shape({ id: isText, sessionID: isText });

/** What an agent reads that needs a permission which nobody can give it. */
export const NO_PERMISSION =
  "Nobody can give this permission in the background: the call was refused, and would be again. Do it in another way " +
  "that you are allowed, or go on without it and say in your last message what you would have needed it for.";

/** What an agent reads that asks the user something. */
export const NO_ANSWER =
  "Nobody can be asked in the background. Decide it yourself, or go on without it and say in your last message what you " +
  "would have asked, and why.";

/** By what a permission is given or not. */
export interface PermissionRules {
  /** Every question is answered with yes; what the configuration denies never becomes one. */
  readonly skipPermissions: boolean;
}

/** What becomes of a permission question. */
interface Decision {
  readonly reply: "once" | "reject";
  /** What the model reads. */
  readonly message?: string;
  /** For the operator. */
  readonly why: string;
}

/** A question of an agent, or of one of its native subagents, and what becomes of it. */
export interface AgentQuestion {
  readonly id: string;
  readonly sessionId: string;
  /** What was asked and what is answered, for the log. */
  readonly line: string;
  /** Gives the answer. Rejects when it was not taken. */
  readonly answer: (by: Answering) => Promise<unknown>;
}

/** The question that an event tells of; `undefined` when it tells of something else. */
export function readQuestion(
  { type, properties }: { readonly type: string; readonly properties?: unknown },
  rules: PermissionRules,
): AgentQuestion | undefined {
  if (type === "permission.asked" && isPermission(properties)) return permissionQuestion(properties, rules);
  if (type !== "question.asked" || !isQuestion(properties)) return undefined;
  const { id, sessionID: sessionId } = properties;
  const line = "! a question to the user; rejected: nobody can be asked";
  return { id, sessionId, line, answer: async (by) => await by.rejectQuestion(id) };
}

function permissionQuestion(asked: Checked<typeof isPermission>, rules: PermissionRules): AgentQuestion {
  const { id, sessionID: sessionId, permission, patterns } = asked;
  const { reply, message, why } = decide(rules);
  return {
    ...{ id, sessionId },
    line: `! permission requested: ${permission} (${patterns.join(", ")}); ${why}`,
    answer: async (by) => await by.replyPermission(id, reply, message),
  };
}

/** The one place where it is decided what becomes of an agent's permission question, whatever runs the agent. */
function decide({ skipPermissions }: PermissionRules): Decision {
  if (skipPermissions) return { reply: "once", why: "allowed by backgroundSkipPermissions" };
  return { reply: "reject", message: NO_PERMISSION, why: "rejected: nobody can be asked" };
}
