/** How the requests begin that the host makes beside the real steps of a session. */
const SIDE_REQUEST =
  /^\s*(You are a title generator|You are a context summarization agent|Summarize what was done in this conversation)/;

/** Whether a request for the model is not a step of the session: its title, or a summary. */
export function isSideRequest(system: readonly string[]): boolean {
  return SIDE_REQUEST.test(system[0] ?? "");
}
