/** Opens the background tools to all. */
const EVERY_AGENT = "*";

/** Whether an agent may spawn, collect and end others. */
export function maySupervise(
  { supervisorAgents }: { readonly supervisorAgents: readonly string[] },
  agent: string,
): boolean {
  return supervisorAgents.includes(EVERY_AGENT) || supervisorAgents.includes(agent);
}
