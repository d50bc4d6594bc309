import type { Live } from "./live.ts";
import type { Clock } from "../lib/clock.ts";
import { MOST_SAID, type AnswerOutcome, type Asked, type Question, type Reply, type Said } from "./questions.ts";
import type { AskUser, TellParent } from "./supervisor-parts.ts";
import type { InstanceEvent } from "./transition.ts";

export interface UserAnswersParts {
  readonly clock: Clock;
  /** How long a question waits, in milliseconds. */
  readonly waitMs: number;
  readonly askUser?: AskUser | undefined;
  readonly tellParent?: TellParent | undefined;
  readonly report: (message: string, cause: unknown) => void;
  readonly apply: (live: Live, event: InstanceEvent) => void;
}

/** What agents ask the user and tell who asked for them, and what comes back. */
export class UserAnswers {
  constructor(private readonly parts: UserAnswersParts) {}

  asked(live: Live, asked: Asked): void {
    const { clock, waitMs, askUser, apply } = this.parts;
    const before = live.instance.questions;
    apply(live, { type: "asked", at: clock.now(), asked });
    const question = live.instance.questions?.at(-1);
    if (live.instance.questions === before || question === undefined) return;
    live.waits.push(clock.limit(waitMs, () => this.#give(live, question, { kind: "unanswered" }, "nobody")));
    askUser?.(live.instance, question);
  }

  /** What it tells the session that asked for it, as often as it may in a run. */
  toldParent(live: Live, said: Said): void {
    live.said += 1;
    if (live.said <= MOST_SAID) this.parts.tellParent?.(live.instance, { ...said, from: "agent" });
  }

  /** What was asked has its answer already. */
  answeredElsewhere(live: Live, askId: string, reply: Reply): void {
    const { apply, clock, report } = this.parts;
    const what = live.instance.questions?.find((question) => question.askId === askId)?.what ?? askId;
    apply(live, { type: "answered", at: clock.now(), askId, reply, by: "somebody else" });
    const agent = live.instance.instanceId;
    report(
      `${agent} has its answer (${reply.kind}) to ${JSON.stringify(what)} from somebody else than you.`,
      undefined,
    );
  }

  /**
   * Gives an answer.
   *
   * @param id of the question, as people name it
   * @param by who answers, and where
   */
  answer(live: Live, id: string, reply: Reply, by: string): AnswerOutcome {
    const question = live.instance.questions?.find((each) => each.id === id);
    if (question === undefined) return { ok: false, why: `The agent has asked nothing that is called ${id}.` };
    if (question.state !== "open") {
      const { state, answeredBy } = question;
      return { ok: false, why: `${id} has its answer already: ${state}, by ${answeredBy ?? "nobody"}.` };
    }
    this.#give(live, question, reply, by);
    return { ok: true };
  }

  #give(live: Live, { askId, ...question }: Question, reply: Reply, by: string): void {
    const isOpen = live.instance.questions?.some((each) => each.askId === askId && each.state === "open");
    if (isOpen !== true) return;
    // What the agent does with it may be told at once: the record says first who has answered.
    this.parts.apply(live, { type: "answered", at: this.parts.clock.now(), askId, reply, by });
    live.run?.answer({ askId, ...question }, reply);
  }
}
