import type { ToAgent } from "../../agent-role/lent-agent.ts";
import type { Lent } from "../../opencode/own-metadata.ts";
import type { TurnRequest } from "../../supervisor/ports.ts";
import type { AnswerPort } from "../answer-port.ts";
import type { WarmServer } from "./warm-server.ts";

/** What is different in a server that nobody here has started. */
export interface Elsewhere {
  /** Milliseconds since the epoch, as they are counted there. */
  now(): number;
  /** Says something to the plugin there, where there is one. Never rejects. */
  say(directory: string, told: ToAgent): Promise<void>;
}

/** A server that agents have sessions in, as a turn needs it: one of this host's own, or one elsewhere. */
export type AgentServer = Pick<
  WarmServer,
  "client" | "strays" | "nonce" | "isGone" | "listen" | "adopt" | "suspect" | "whyOrphan"
> & {
  /** The process; absent: it is none of this machine. */
  readonly process: WarmServer["process"] | undefined;
  /** Absent: it is one of this host's own. */
  readonly elsewhere?: Elsewhere;
};

/** What the plugin in a server elsewhere has to know of an agent; `undefined` of one that is in a server of this host's. */
export function lentTo(
  { elsewhere, nonce }: Pick<AgentServer, "elsewhere" | "nonce">,
  { instanceId }: Pick<TurnRequest, "instanceId">,
  { asks, waitMs }: AnswerPort,
): Lent | undefined {
  return elsewhere && { instanceId, nonce, asks, waitMs };
}
