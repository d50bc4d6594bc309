import { formatServerReport, type ServerReport } from "../agent-role/server-report.ts";
import { parseToAgent } from "../agent-role/lent-agent.ts";
import { OpenAsks } from "../agent-role/open-asks.ts";
import { refusalWords } from "../agent-role/refusal-words.ts";
import { IN_COPY_ELSEWHERE } from "../host/agents/in-background.ts";
import { leaveOut, MAIN_TOOLS } from "../host/offered-tools.ts";
import { isSideRequest } from "../host/side-request.ts";
import { askUserTool } from "../host/tools/ask-user.ts";
import { schemaToolHooks } from "../host/tools/schema-tool.ts";
import { tellParentTool } from "../host/tools/tell-parent.ts";
import { describeError } from "../lib/describe-error.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { busWords, readBusWords } from "../opencode/bus-words.ts";
import { lentIn, type Lent } from "../opencode/own-metadata.ts";
import { begunBelow } from "../opencode/session-events.ts";
import type { Hooks, PluginInput } from "../opencode/plugin-api.ts";
import { MOST_SAID, type Asked, type Reply, type Said } from "../supervisor/questions.ts";
import type { LoopGuardParts } from "./loaded-loop-guard.ts";
import { joinHooks } from "./join-hooks.ts";
import { ASK_USER, TELL_PARENT } from "../text/own-tools.ts";

/** Of more sessions it is not known any more whose they are. */
const MOST_SESSIONS = 1000;

/** What the plugin in a server does for the agents that hosts of other machines have in it. */
export interface LentAgents {
  readonly hooks: Hooks;
  /** Has the loop guard end their runs as at home. */
  readonly guard: Required<Pick<LoopGuardParts, "onGiveUp" | "onRepeatedText">>;
}

/** @param report told of what cannot be said to who supervises one */
export function lentAgents({ client }: Pick<PluginInput, "client">, report: (message: string) => void): LentAgents {
  const agents = new NewestMap<LentAgent>(MOST_SESSIONS);
  const say = (words: string) => {
    client.tui.publish({ body: busWords(words) }).catch((error: unknown) => report(describeError(error)));
  };
  const refusals = refusalWords();
  const tools = [
    tellParentTool(async (session, said) => agents.get(session)?.tellParent(session, said)),
    askUserTool(async (session, asked) => (await agents.get(session)?.ask(session, asked)) ?? { kind: "unanswered" }),
  ];
  const hooks: Hooks = {
    async "chat.message"({ sessionID }, { parts }) {
      const [lent] = parts.flatMap((part) => ("metadata" in part ? (lentIn(part.metadata) ?? []) : []));
      if (lent === undefined) return;
      const agent = agents.get(sessionID) ?? new LentAgent(say);
      agents.set(sessionID, agent);
      agent.turnBegins(lent);
    },
    async event({ event }) {
      const begun = begunBelow(event);
      const caller = agents.get(begun?.parentId ?? "");
      if (begun !== undefined && caller !== undefined) agents.set(begun.sessionId, caller);
      const told = parseToAgent(readBusWords(event) ?? "");
      if (told !== undefined) agents.get(told.session)?.hear(told);
    },
    async "experimental.chat.messages.transform"(input, output) {
      const agent = agents.get(output.messages.at(-1)?.info.sessionID ?? "");
      if (agent === undefined) {
        leaveOut(output.messages, [TELL_PARENT, ASK_USER]);
        return;
      }
      leaveOut(output.messages, agent.asks ? MAIN_TOOLS : [...MAIN_TOOLS, ASK_USER]);
      await refusals["experimental.chat.messages.transform"](input, output);
    },
    async "experimental.chat.system.transform"({ sessionID }, { system }) {
      if (agents.has(sessionID ?? "") && !isSideRequest(system)) system.push(IN_COPY_ELSEWHERE);
    },
  };
  return {
    hooks: joinHooks(hooks, schemaToolHooks(tools)),
    guard: {
      onGiveUp: (loopGuard, session) => agents.get(session)?.say({ session, loopGuard }),
      onRepeatedText(session) {
        agents.get(session)?.say({ session, text: "repeated" });
        return agents.has(session);
      },
    },
  };
}

/** One of them, with its native subagents. */
class LentAgent {
  #lent: Lent | undefined;
  readonly #listeners = new Set<(askId: string, reply: Reply) => void>();
  /** How often it has told who asked for it something, in this turn. */
  #told = 0;
  /** What was said in this turn. */
  #reports: string[] = [];

  constructor(private readonly publish: (words: string) => void) {}

  get asks(): boolean {
    return this.#lent?.asks === true;
  }

  turnBegins(lent: Lent): void {
    this.#lent = lent;
    this.#told = 0;
    this.#reports = [];
  }

  say(report: ServerReport): void {
    if (this.#lent === undefined) return;
    const words = formatServerReport(this.#lent.nonce, { n: this.#reports.length, ...report });
    this.#reports.push(words);
    this.publish(words);
  }

  hear({ nonce, answer, again }: NonNullable<ReturnType<typeof parseToAgent>>): void {
    if (nonce !== this.#lent?.nonce) return;
    if (answer !== undefined) for (const heard of this.#listeners) heard(answer.askId, answer.reply);
    if (again !== undefined) for (const report of this.#reports) this.publish(report);
  }

  tellParent(session: string, said: Said): number | undefined {
    if (this.#told === MOST_SAID) return undefined;
    this.#told += 1;
    this.say({ session, said });
    return MOST_SAID - this.#told;
  }

  async ask(session: string, asked: Asked): Promise<Reply> {
    const asks = new OpenAsks({
      waitMs: this.#lent?.waitMs ?? 0,
      watch: (onAnswer) => {
        this.#listeners.add(onAnswer);
        return { close: () => void this.#listeners.delete(onAnswer) };
      },
      changed: ({ askId, what, options }, isOpen) =>
        isOpen && this.say({ session, asked: { askId, kind: "question", what, options } }),
    });
    return await asks.ask(asked);
  }
}
