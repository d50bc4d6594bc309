import {
  giveReply,
  questionLine,
  QuestionJudge,
  readQuestion,
  refusalText,
  type AgentQuestion,
  type PermissionRules,
} from "../../agent-role/questions.ts";
import { describeError } from "../../lib/describe-error.ts";
import { isText, oneOf, shape } from "../../lib/shape.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import type { LogSink } from "../log-sink.ts";
import type { ServerEvent } from "./event-stream.ts";
import type { ServerClient } from "../../opencode/server-client.ts";

const isReplied = shape({ requestID: isText, reply: oneOf("once", "always", "reject") });

export interface QuestionsParts {
  readonly client: ServerClient;
  readonly directory: string;
  readonly rules: PermissionRules;
  readonly log: LogSink;
  /** The user is asked, or is not any more. */
  readonly changed: (asked: Asked, isOpen: boolean) => void;
  /** Somebody else has answered what the user was asked. */
  readonly answeredElsewhere: (askId: string, reply: Reply) => void;
  /** The server did not take an answer: the question is open yet, and has to be asked for. */
  readonly onUnanswered: () => void;
}

/** What an agent asks a person: answered at once where nobody is to be asked, held on the server where the user is. */
export class Questions {
  readonly #judge: QuestionJudge;
  readonly #known = new Set<string>();
  readonly #open = new Map<string, AgentQuestion>();
  /** What is refused, by session: opencode rejects all that a session asks with the first. */
  readonly #refused = new Map<string, { readonly asked: Asked; readonly reply: Reply }[]>();

  constructor(private readonly parts: QuestionsParts) {
    this.#judge = new QuestionJudge(parts.rules);
  }

  event(event: ServerEvent): void {
    const { log, changed } = this.parts;
    this.#replied(event);
    const question = readQuestion(event);
    if (question === undefined || this.#known.has(question.asked.askId)) return;
    const { asked } = question;
    this.#known.add(asked.askId);
    const reply = this.#judge.judge(asked);
    log.write("stderr", questionLine(asked, reply));
    if (reply === undefined) {
      this.#open.set(asked.askId, question);
      changed(asked, true);
    } else {
      this.#reply(question, reply);
    }
  }

  /** The user has answered, or has not. */
  answer(askId: string, reply: Reply): void {
    const question = this.#open.get(askId);
    if (question === undefined) return;
    this.#open.delete(askId);
    this.#judge.learn(question.asked, reply);
    this.parts.changed(question.asked, false);
    this.#reply(question, reply);
  }

  #reply({ asked, sessionId }: AgentQuestion, reply: Reply): void {
    const isRefusal = refusalText(reply) !== undefined;
    const refused = [...(this.#refused.get(sessionId) ?? []), ...(isRefusal ? [{ asked, reply }] : [])];
    if (!isRefusal) this.#give(asked, reply);
    const waits = [...this.#open.values()].some((open) => open.sessionId === sessionId);
    if (waits) {
      this.#refused.set(sessionId, refused);
      return;
    }
    this.#refused.delete(sessionId);
    for (const each of refused) this.#give(each.asked, each.reply);
  }

  #give(asked: Asked, reply: Reply): void {
    const { client, directory, log, onUnanswered } = this.parts;
    giveReply(client.answering(directory), asked, reply).catch((error: unknown) => {
      this.#known.delete(asked.askId);
      onUnanswered();
      log.write("stderr", `bizar: ${describeError(error)}`);
    });
  }

  #replied({ type, properties }: ServerEvent): void {
    if (type !== "permission.replied" || !isReplied(properties)) return;
    const { requestID, reply } = properties;
    const question = this.#open.get(requestID);
    if (question === undefined) return;
    this.#open.delete(requestID);
    this.parts.log.write("stderr", `! somebody else than the user answered: ${question.asked.what}; ${reply}`);
    this.parts.changed(question.asked, false);
    this.parts.answeredElsewhere(requestID, { kind: reply === "reject" ? "no" : reply });
  }
}
