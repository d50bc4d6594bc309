import { readQuestion, type AgentQuestion } from "../../agent-role/questions.ts";
import { describeError } from "../../describe-error.ts";
import type { LogSink } from "../log-sink.ts";
import type { ServerEvent } from "./event-stream.ts";
import type { ServerClient } from "./server-client.ts";

export interface QuestionsParts {
  readonly client: ServerClient;
  readonly directory: string;
  /** Answer yes; what the configuration denies never becomes a question. */
  readonly skipPermissions: boolean;
  readonly log: LogSink;
  /** The server did not take an answer: the question is open yet, and has to be asked for. */
  readonly onUnanswered: () => void;
}

/** Answers at once what an agent asks a person: nobody is there. */
export class Questions {
  readonly #answered = new Set<string>();

  constructor(private readonly parts: QuestionsParts) {}

  event(event: ServerEvent): void {
    const question = readQuestion(event, this.parts);
    if (question === undefined || this.#answered.has(question.id)) return;
    this.#answered.add(question.id);
    this.#answer(question).catch((error: unknown) => {
      this.#answered.delete(question.id);
      this.parts.onUnanswered();
      this.parts.log.write("stderr", `bizar: ${describeError(error)}`);
    });
  }

  async #answer({ line, answer }: AgentQuestion): Promise<void> {
    const { client, directory, log } = this.parts;
    log.write("stderr", line);
    await answer({
      replyPermission: async (id, reply, message) => await client.replyPermission(directory, id, reply, message),
      rejectQuestion: async (id) => await client.rejectQuestion(directory, id),
    });
  }
}
