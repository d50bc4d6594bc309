import type { HereNotice } from "../halves/messages.ts";
import { statePaths } from "../store/state-paths.ts";
import type { AgentNow } from "./agent-now.ts";
import { AgentsWatch } from "./agents-watch.ts";
import { PlanProgress } from "./plan-progress.ts";
import type { TasksDone } from "./tasks-done.ts";

/** What the screen is told of. */
export interface Shown {
  readonly agents: (agents: readonly AgentNow[]) => void;
  /** By `planKey`: how far the plans have come that agents work from. */
  readonly tasks: (known: ReadonlyMap<string, TasksDone>) => void;
}

/** Follows the agents of the state folder that the server half names, and the plans that they work from. */
export async function startWatch(
  { stateDir, logDir }: HereNotice,
  show: Shown,
  report: (message: string) => void,
): Promise<AgentsWatch> {
  const progress = new PlanProgress(show.tasks);
  const shown = (agents: readonly AgentNow[]) => {
    show.agents(agents);
    progress.follow(agents.flatMap(({ record }) => record.planTask ?? []));
  };
  const watch = new AgentsWatch(statePaths(stateDir, logDir), shown, report, () => progress.close());
  await watch.start();
  return watch;
}
