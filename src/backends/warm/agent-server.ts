import type { WarmServer } from "./warm-server.ts";

/** A server that agents have sessions in, as a turn needs it: one of this host's own, or one elsewhere. */
export type AgentServer = Pick<
  WarmServer,
  "client" | "strays" | "nonce" | "isGone" | "listen" | "adopt" | "suspect" | "whyOrphan"
> & {
  /** The process; absent: it is none of this machine. */
  readonly process: WarmServer["process"] | undefined;
};
