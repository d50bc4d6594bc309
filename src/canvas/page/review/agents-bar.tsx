import { useEffect, useState } from "react";
import type { ReviewedChanges } from "../../changes-api.ts";
import { visibleText } from "../state/visible-text.ts";
import { notify } from "../sync/notices.ts";
import { agentsOfPlan, openChangesOf } from "../sync/plan-agents.ts";
import { usePlan } from "../sync/plan-store.ts";
import { counted } from "./collected.ts";

/** The agents that work from the plan in folders of their own, and the way to what they have changed. */
export function AgentsBar() {
  const [agents, setAgents] = useState<readonly ReviewedChanges[]>([]);
  // An agent at work ticks its task: then there is something new to look at.
  const revision = usePlan(({ stored }) => stored?.plan.revision);
  useEffect(() => {
    let isGone = false;
    if (revision !== undefined) void agentsOfPlan().then((found) => !isGone && setAgents(found));
    return () => {
      isGone = true;
    };
  }, [revision]);
  if (agents.length === 0) return null;
  return (
    <div className="changes-bar" role="status" data-testid="agents-bar">
      <strong>Work on this plan</strong>
      {agents.map(({ instanceId, agent, title, files, isAtWork }) => (
        <button
          key={instanceId}
          type="button"
          className="button button-quiet"
          data-testid={`review-${instanceId}`}
          onClick={() =>
            void openChangesOf(instanceId).then((why) => why !== null && notify({ kind: "failure", message: why }))
          }
        >
          {`${visibleText(agent)}: ${visibleText(title)} · ${counted(files.length, "file")}${isAtWork ? ", at work" : ""}`}
        </button>
      ))}
    </div>
  );
}
