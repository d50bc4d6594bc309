import type { HereNotice } from "../halves/messages.ts";
import { statePaths } from "../store/state-paths.ts";
import type { AgentNow } from "./agent-now.ts";
import { AgentsWatch } from "./agents-watch.ts";

/** Follows the agents of the state folder that the server half names. */
export async function startWatch(
  { stateDir, logDir }: HereNotice,
  show: (agents: readonly AgentNow[]) => void,
  report: (message: string) => void,
): Promise<AgentsWatch> {
  const watch = new AgentsWatch(statePaths(stateDir, logDir), show, report);
  await watch.start();
  return watch;
}
