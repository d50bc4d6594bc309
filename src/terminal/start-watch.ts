import type { HereNotice } from "../halves/messages.ts";
import { statePaths } from "../store/state-paths.ts";
import type { AgentNow } from "./agent-now.ts";
import { AgentsWatch } from "./agents-watch.ts";
import { PlanProgress } from "./plan-progress.ts";
import type { TasksDone } from "./tasks-done.ts";

/** What the screen is told of. */
export interface Shown {
  readonly agents: (agents: readonly AgentNow[]) => void;
  /** By `planKey`: how far the plans have come that the agents here work from. */
  readonly tasks: (known: ReadonlyMap<string, TasksDone>) => void;
  /** Whether the user of this screen has to do with an agent: the plans of others are not read. */
  readonly isHere: (agent: AgentNow) => boolean;
}

/** What follows the files, for as long as the screen is there. */
export interface Watches {
  readonly agents: AgentsWatch;
  close(): void;
}

/** Follows the agents of the state folder that the server half names, and the plans that those here work from. */
export async function startWatch(
  { stateDir, logDir }: HereNotice,
  show: Shown,
  report: (message: string) => void,
): Promise<Watches> {
  const plans = new PlanProgress(show.tasks);
  const shown = (all: readonly AgentNow[]) => {
    show.agents(all);
    plans.follow(all.filter(show.isHere).flatMap(({ record }) => record.planTask ?? []));
  };
  const agents = new AgentsWatch(statePaths(stateDir, logDir), shown, report);
  await agents.start();
  return {
    agents,
    close() {
      agents.close();
      plans.close();
    },
  };
}
