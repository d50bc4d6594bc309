/** An agent of a session that has not ended. */
export interface AgentOut {
  readonly instanceId: string;
  readonly agent: string;
  readonly title: string;
}

/** An agent that an earlier opencode started for a session, which has not been told of its end. */
export interface AgentBefore extends AgentOut {
  /** How it has ended; `undefined` where it has not. */
  readonly ended: string | undefined;
}
