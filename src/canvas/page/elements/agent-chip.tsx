import type { AgentAtWork } from "../../../plans/plan-store-port.ts";
import { usePlan } from "../sync/plan-store.ts";
import { visibleText } from "../state/visible-text.ts";

const STATES: Readonly<Record<AgentAtWork["status"], string>> = {
  queued: "waits for a place",
  pending: "starts",
  running: "at work",
  done: "done",
  failed: "failed",
  killed: "ended",
  timed_out: "out of time",
};

/** Who works on an element, and what they do. */
export function AgentChip({ id }: { readonly id: string }) {
  const agent = usePlan(({ agents }) => agents.get(id));
  if (agent === undefined) return null;
  const { instanceId, status, activity } = agent;
  const name = visibleText(agent.agent);
  return (
    <p className="agent-chip" data-testid={`agent-${id}`} data-status={status} title={`${name}, ${instanceId}`}>
      {(status === "running" || status === "pending") && <span className="pulse" aria-hidden="true" />}
      <strong>{name}</strong>
      <span className="agent-does">{`${STATES[status]}${activity === undefined ? "" : `: ${visibleText(activity)}`}`}</span>
      <code>{instanceId.slice(-6)}</code>
    </p>
  );
}
