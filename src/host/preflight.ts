import { nearestName } from "../config/nearest-name.ts";
import type { ModelChoice } from "../supervisor/instance.ts";
import { ODIN } from "./agents/odin.ts";
import { modelChoice, type HostAgent, type HostClient } from "./host-client.ts";
import { plainName } from "../text/plain-name.ts";

export interface PreflightRequest {
  readonly agent: string;
  /** `provider/model`, where the caller named one. */
  readonly model: string | undefined;
  readonly directory: string;
  readonly caller: { readonly sessionId: string; readonly messageId: string };
}

/** Either the agent by its own name and the model to run on, or why the agent cannot be started. */
export type Preflight =
  | { readonly ok: true; readonly agent: string; readonly model: ModelChoice }
  | { readonly ok: false; readonly reason: "agent_unknown" | "wrong_agent" | "model_unknown"; readonly error: string };

const LISTED = 12;
const NOT_IN_BACKGROUND =
  "odin is not started in the background: there it has nobody to delegate to. Spawn thor, mimir or another agent with the task, or do it yourself.";

/**
 * Looks the agent and the model up before a child is started: `opencode run` takes an unknown agent for the default
 * one, silently, and says nothing useful about an unknown model.
 *
 * @throws Error when the host does not answer
 */
export async function preflight(host: HostClient, request: PreflightRequest): Promise<Preflight> {
  const { sessionId, messageId } = request.caller;
  const [agents, callerModel] = await Promise.all([
    host.agents(request.directory, request.agent),
    request.model === undefined ? host.modelOf(sessionId, messageId) : undefined,
    // Asked for with the others; which model it must hold is known only after them.
    host.models(request.directory, request.model),
  ]);
  // A name with something in it that one does not see comes back as it was shown.
  const agent =
    agents.find(({ name }) => name === request.agent) ?? agents.find(({ name }) => plainName(name) === request.agent);
  if ((agent?.name ?? request.agent.trim().toLowerCase()) === ODIN)
    return { ok: false, reason: "wrong_agent", error: NOT_IN_BACKGROUND };
  if (agent === undefined) {
    const names = agents.map(({ name }) => name).filter((name) => name !== ODIN);
    return { ok: false, reason: "agent_unknown", error: unknown("agent", request.agent, names) };
  }
  const model = chooseModel(request.model, agent, callerModel);
  const models = await host.models(request.directory, model === undefined ? undefined : nameOf(model));
  if (model === undefined) {
    const error = `No model is known for agent "${plainName(agent.name)}": pass "model" as provider/model, one of ${list(models)}.`;
    return { ok: false, reason: "model_unknown", error };
  }
  const name = nameOf(model);
  return models.includes(name)
    ? { ok: true, agent: agent.name, model }
    : { ok: false, reason: "model_unknown", error: unknown("model", name, models) };
}

/** The argument, else the agent's own model, else that of the message the caller is answering. */
function chooseModel(
  asked: string | undefined,
  agent: HostAgent,
  callerModel: ModelChoice | undefined,
): ModelChoice | undefined {
  if (asked !== undefined) {
    const slash = asked.indexOf("/");
    return modelChoice(asked.slice(0, slash), asked.slice(slash + 1));
  }
  const own = agent.model;
  return own ? modelChoice(own.providerID, own.modelID, agent.variant ?? own.variant) : callerModel;
}

function nameOf({ providerId, modelId }: ModelChoice): string {
  return `${providerId}/${modelId}`;
}

function unknown(kind: "agent" | "model", name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const hint = near === undefined ? "" : ` Did you mean "${plainName(near)}"?`;
  return `There is no ${kind} "${plainName(name)}" here.${hint} Those that can be used: ${list(known)}.`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).map(plainName).join(", ");
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown || "none";
}
