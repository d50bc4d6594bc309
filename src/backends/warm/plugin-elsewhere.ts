import type { ToAgent } from "../../agent-role/lent-agent.ts";
import type { ServerReport } from "../../agent-role/server-report.ts";
import type { Reply } from "../../supervisor/questions.ts";
import type { AgentServer } from "./agent-server.ts";

/** The plugin in a server elsewhere, as one turn talks to it, over a line that may break. */
export class PluginElsewhere {
  /** The reports that have come, by their numbers. */
  readonly #heard = new Set<number>();
  /** What came of questions. */
  readonly #answers: ToAgent[] = [];

  constructor(
    private readonly server: Pick<AgentServer, "elsewhere">,
    private readonly sessionId: string,
    private readonly directory: string,
  ) {}

  /** Whether a report is told for the first time. */
  isNews({ n }: ServerReport): boolean {
    if (n === undefined) return true;
    if (this.#heard.has(n)) return false;
    this.#heard.add(n);
    return true;
  }

  answer(askId: string, reply: Reply): void {
    const told = { session: this.sessionId, answer: { askId, reply } };
    this.#answers.push(told);
    this.#say(told);
  }

  /** The line was broken: what either side has said since may have been lost. */
  gap(): void {
    for (const told of this.#answers) this.#say(told);
    this.#say({ session: this.sessionId, again: true });
  }

  #say(told: ToAgent): void {
    void this.server.elsewhere?.say(this.directory, told);
  }
}
