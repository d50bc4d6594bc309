import { NOBODY } from "../../agent-role/server-role.ts";
import { describeError } from "../../describe-error.ts";
import { isText, listOf, shape } from "../../shape.ts";
import type { EvidenceCollector } from "../evidence.ts";
import type { LogSink } from "../log-sink.ts";
import type { ServerEvent } from "./event-stream.ts";
import type { ServerClient } from "./server-client.ts";

const isPermission = shape({ id: isText, permission: isText, patterns: listOf(isText) });
const isQuestion = shape({ id: isText });

export interface QuestionsParts {
  readonly client: ServerClient;
  readonly directory: string;
  /** Answer yes; what the configuration denies never becomes a question. */
  readonly skipPermissions: boolean;
  readonly evidence: EvidenceCollector;
  readonly log: LogSink;
  /** The server did not take an answer: the question is open yet, and has to be asked for. */
  readonly onUnanswered: () => void;
}

/** Answers at once what an agent asks a person: nobody is there. */
export class Questions {
  readonly #answered = new Set<string>();

  constructor(private readonly parts: QuestionsParts) {}

  event({ type, properties }: ServerEvent): void {
    if (type === "permission.asked" && isPermission(properties)) {
      this.#answerOnce(properties.id, async () => await this.#permission(properties));
    } else if (type === "question.asked" && isQuestion(properties)) {
      this.#answerOnce(properties.id, async () => await this.#question(properties.id));
    }
  }

  #answerOnce(id: string, answer: () => Promise<void>): void {
    if (this.#answered.has(id)) return;
    this.#answered.add(id);
    answer().catch((error: unknown) => {
      this.#answered.delete(id);
      this.parts.onUnanswered();
      this.parts.log.write("stderr", `bizar: ${describeError(error)}`);
    });
  }

  async #permission({ id, permission, patterns }: { id: string; permission: string; patterns: readonly string[] }) {
    const { client, directory, skipPermissions, evidence, log } = this.parts;
    const detail = patterns.join(", ");
    const answer = skipPermissions ? "allowed by backgroundSkipPermissions" : "rejected: nobody can be asked";
    log.write("stderr", `! permission requested: ${permission} (${detail}); ${answer}`);
    if (skipPermissions) {
      await client.replyPermission(directory, id, "once");
      return;
    }
    evidence.told({ type: "permission_rejected", permission, detail });
    await client.replyPermission(directory, id, "reject", NOBODY);
  }

  async #question(id: string): Promise<void> {
    this.parts.log.write("stderr", "! a question to the user; rejected: nobody can be asked");
    await this.parts.client.rejectQuestion(this.parts.directory, id);
  }
}
