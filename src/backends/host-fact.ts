/** What opencode lets know beside the events of the session: on stderr, or by asking somebody. */
export type HostFact =
  | { readonly type: "session_created"; readonly sessionId: string }
  | { readonly type: "agent_fallback"; readonly reason: "agent_unknown" | "wrong_agent"; readonly detail: string }
  | { readonly type: "permission_rejected"; readonly permission: string; readonly detail: string }
  | { readonly type: "model_unknown"; readonly detail: string }
  /** opencode could not see that it is this host's, and ended. */
  | { readonly type: "orphan"; readonly why: string }
  | { readonly type: "host_error"; readonly detail: string }
  /** A line of the host's own log that explains nothing. */
  | { readonly type: "host_log" }
  | { readonly type: "other" };
