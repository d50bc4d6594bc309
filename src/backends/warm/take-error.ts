import type { EvidenceCollector } from "../evidence.ts";
import type { RunEvent } from "../run-event.ts";

/** Takes from an error of a session what is missing: its model, or its agent. */
export function takeError(event: RunEvent, evidence: EvidenceCollector): void {
  if (event.type !== "error") return;
  const detail = event.error.data?.message ?? event.error.name;
  if (detail.startsWith("Model not found")) evidence.told({ type: "model_unknown", detail });
  else if (detail.startsWith("Agent not found")) {
    evidence.told({ type: "agent_fallback", reason: "agent_unknown", detail });
  }
}
