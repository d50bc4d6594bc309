import { nearestName } from "../config/nearest-name.ts";
import type { ModelChoice } from "../supervisor/instance.ts";
import { ODIN } from "./agents/odin.ts";
import type { HostAgent } from "../opencode/answers.ts";
import { modelChoice, type HostClient } from "../opencode/host-client.ts";
import { plainName } from "../text/plain-name.ts";

export interface PreflightRequest {
  readonly agent: string;
  /** `provider/model`, or a model that only one provider has, where the caller named one. */
  readonly model: string | undefined;
  readonly directory: string;
  readonly caller: { readonly sessionId: string; readonly messageId: string };
}

/** Either the agent by its own name and the model to run on, or why the agent cannot be started. */
export type Preflight =
  | {
      readonly ok: true;
      readonly agent: string;
      readonly model: ModelChoice;
      /** What was called otherwise than it is, where something was. */
      readonly note?: string;
    }
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
  const { directory, model: asked } = request;
  const [agents, callerModel, early] = await Promise.all([
    host.agents(directory, request.agent),
    asked === undefined ? host.modelOf(sessionId, messageId) : undefined,
    // Asked for with the others; which model it must hold is known only after them.
    host.models(directory, asked),
  ]);
  const agent = agentMeant(request.agent, agents);
  if ((typeof agent === "string" ? request.agent.trim().toLowerCase() : agent.name) === ODIN)
    return { ok: false, reason: "wrong_agent", error: NOT_IN_BACKGROUND };
  const wrong = typeof agent === "string" ? [agent] : [];
  if (asked !== undefined) {
    const name = modelMeant(asked, early);
    if ("wrong" in name) wrong.push(name.wrong);
    else if (typeof agent !== "string") {
      const taken = [...calledSo("agent", request.agent, agent.name), ...calledSo("model", asked, name.name)];
      return { ok: true, agent: agent.name, model: choiceOf(name.name), ...noteOf(taken) };
    }
  }
  if (typeof agent === "string") return { ok: false, reason: "agent_unknown", error: wrong.join(" ") };
  if (wrong.length > 0) return { ok: false, reason: "model_unknown", error: wrong.join(" ") };
  const model = agent.model
    ? modelChoice(agent.model.providerID, agent.model.modelID, agent.variant ?? agent.model.variant)
    : callerModel;
  const models = await host.models(directory, model === undefined ? undefined : nameOf(model));
  if (model === undefined) {
    const error = `No model is known for agent "${plainName(agent.name)}": pass "model" as provider/model, one of ${list(models)}.`;
    return { ok: false, reason: "model_unknown", error };
  }
  const name = nameOf(model);
  return models.includes(name)
    ? { ok: true, agent: agent.name, model, ...noteOf(calledSo("agent", request.agent, agent.name)) }
    : { ok: false, reason: "model_unknown", error: unknown("model", name, models) };
}

/** The models that names mean; in words what is wrong with one. */
export async function fallbackModels(
  host: HostClient,
  directory: string,
  names: readonly string[],
): Promise<readonly ModelChoice[] | string> {
  const models = await host.models(directory, undefined);
  // Several in one text are told apart by commas or blanks.
  const meant = names.flatMap((name) => name.split(/[\s,]+/).filter(Boolean)).map((name) => modelMeant(name, models));
  const wrong = meant.find((each) => "wrong" in each);
  if (wrong !== undefined) return wrong.wrong;
  return meant.flatMap((each) => ("name" in each ? choiceOf(each.name) : []));
}

/** The agent that is meant, also in other letters and as it is mentioned in a message; in words why there is none. */
function agentMeant(name: string, agents: readonly HostAgent[]): HostAgent | string {
  const said = name.replace(/^@/, "").toLowerCase();
  const ways: readonly ((known: string) => boolean)[] = [
    (known) => known === name,
    // A name with something in it that one does not see comes back as it was shown.
    (known) => plainName(known) === name,
    (known) => plainName(known).toLowerCase() === said,
  ];
  for (const isMeant of ways) {
    const [first, ...others] = agents.filter((agent) => isMeant(agent.name));
    if (first === undefined) continue;
    // What is called so exactly is that one, however often the host lists it.
    if (others.length === 0 || isMeant === ways[0]) return first;
    return several(
      "agent",
      name,
      [first, ...others].map((agent) => agent.name),
    );
  }
  const others = agents.map((agent) => agent.name).filter((known) => known !== ODIN);
  return unknown("agent", name, others);
}

/** The model that is meant, also without its provider where only one has it, and in other letters. */
function modelMeant(name: string, models: readonly string[]): { readonly name: string } | { readonly wrong: string } {
  const said = name.toLowerCase();
  const ways: readonly ((known: string) => boolean)[] = [
    (known) => known === name,
    (known) => known.endsWith(`/${name}`),
    (known) => known.toLowerCase() === said,
    (known) => known.toLowerCase().endsWith(`/${said}`),
  ];
  for (const isMeant of name === "" ? [] : ways) {
    const [first, ...others] = models.filter(isMeant);
    if (first === undefined) continue;
    return others.length === 0 ? { name: first } : { wrong: several("model", name, [first, ...others]) };
  }
  return { wrong: unknown("model", name, models) };
}

function choiceOf(name: string): ModelChoice {
  const slash = name.indexOf("/");
  return modelChoice(name.slice(0, slash), name.slice(slash + 1));
}

function calledSo(kind: "agent" | "model", name: string, own: string): string[] {
  return name === own ? [] : [`${kind} "${plainName(name)}" → ${plainName(own)}`];
}

function noteOf(taken: readonly string[]): { readonly note?: string } {
  return taken.length === 0 ? {} : { note: taken.join("; ") };
}

function several(kind: "agent" | "model", name: string, fitting: readonly string[]): string {
  return `The ${kind} "${plainName(name)}" fits ${fitting.length} of those here: say which, ${list(fitting)}.`;
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
