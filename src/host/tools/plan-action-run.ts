import type { ToolContext, ToolResult } from "@opencode-ai/plugin/tool";
import { shape, isText } from "../../shape.ts";
import type { Operation } from "../../plans/operations.ts";
import { PLAN_STATUSES, type Author, type Plan } from "../../plans/plan.ts";
import type { PlanProblem, StoredPlan } from "../../plans/plan-store-port.ts";
import type { PlanDesk } from "../plans/plan-desk.ts";
import { answer, cutToJsonBytes, jsonBytes } from "./answer.ts";
import { canvasView } from "./canvas-view.ts";
import { PLAN_ACTION, planActionSchema } from "./plan-action.ts";
import { orRefusal, planRefusal } from "./plan-answer.ts";
import { planOperation } from "./plan-operation.ts";
import { overwrittenTexts } from "./overwritten-texts.ts";
import { readGiven } from "./schema-arguments.ts";
import type { Given } from "./schema-tool.ts";

export type PlanActionArguments = Given<typeof planActionSchema>;

const MOST_NAMED = 30;
/** Of all texts of an element together, where the user has changed one. */
const MOST_CURRENT_BYTES = 30_000;
/** What a first element is tried on. */
const EMPTY: Plan = {
  schemaVersion: 2,
  title: "",
  elements: [],
  connections: [],
  comments: [],
  viewport: { x: 0, y: 0, zoom: 1 },
  revision: 0,
};
const namesPlan = shape({ planSlug: isText, action: isText });

/** Does one action on a plan. Never rejects. */
export async function runPlanAction(
  desk: () => Promise<PlanDesk>,
  given: unknown,
  { agent, sessionID }: Pick<ToolContext, "agent" | "sessionID">,
): Promise<ToolResult> {
  const facts = namesPlan(given)
    ? { action: given.action, planSlug: given.planSlug }
    : { action: "unknown", planSlug: "" };
  const reading = readGiven(PLAN_ACTION, planActionSchema, given);
  if (!reading.ok) return planRefusal(facts, reading.error);
  return await orRefusal(facts, async () => {
    const action = new PlanAction(await desk(), reading.value, { kind: "agent", name: agent }, sessionID);
    return await action.run();
  });
}

class PlanAction {
  constructor(
    private readonly desk: PlanDesk,
    private readonly given: PlanActionArguments,
    private readonly author: Author,
    private readonly sessionId: string,
  ) {}

  async run(): Promise<ToolResult> {
    const { action } = this.given;
    if (action === "get_canvas") return await this.#look();
    if (action === "set_status") return await this.#setStatus();
    const refusal = action === "update_element" ? await this.#refuseToOverwrite() : undefined;
    return refusal ?? (await this.#edit());
  }

  get #facts() {
    return { action: this.given.action, planSlug: this.given.planSlug };
  }

  get #path() {
    return `${this.desk.plans.folder}/${this.given.planSlug}/plan.json`;
  }

  async #look(): Promise<ToolResult> {
    const { planSlug } = this.given;
    const found = await this.desk.plans.read(planSlug);
    if (!found.ok) return await this.#problem(found.problem);
    const { plan, meta } = found.value;
    this.desk.seen.saw(this.sessionId, planSlug, plan.revision);
    const { elements, connections } = plan;
    const title = `${planSlug}: ${elements.length} elements, ${connections.length} connections, ${meta.status}`;
    return answer(title, canvasView(this.#facts, found.value, this.#path), { revision: plan.revision });
  }

  async #setStatus(): Promise<ToolResult> {
    const { planSlug, status: wanted } = this.given;
    const status = PLAN_STATUSES.find((known) => known === wanted);
    if (status === undefined) {
      return planRefusal(
        this.#facts,
        `set_status takes status "draft", "in-progress" or "done", not ${JSON.stringify(wanted ?? null)}.`,
      );
    }
    const set = await this.desk.plans.setStatus(planSlug, this.author, status);
    if (!set.ok) return await this.#problem(set.problem);
    return answer(`${planSlug}: ${status}`, { ok: true, ...this.#facts, status });
  }

  /** The refusal of an update that would undo what the user wrote since this session looked. */
  async #refuseToOverwrite(): Promise<ToolResult | undefined> {
    const { planSlug, elementId = "" } = this.given;
    const found = await this.desk.plans.read(planSlug);
    if (!found.ok) return undefined;
    const { seen } = this.desk;
    const current = overwrittenTexts(found.value.plan, this.given, seen.revision(this.sessionId, planSlug));
    if (current === undefined) return undefined;
    // It is told here what the text is now: the next update knows it.
    seen.saw(this.sessionId, planSlug, found.value.plan.revision);
    return this.#conflict(elementId, current);
  }

  #conflict(elementId: string, current: Record<string, unknown>): ToolResult {
    const names = Object.keys(current).join(", ");
    return planRefusal(
      this.#facts,
      `The user has changed ${names} of ${elementId} since you looked; nothing was done. "current" says what it is now. ` +
        "Keep what the user wrote, and send the update again if it is still needed.",
      { elementId, ...this.#shown(current) },
    );
  }

  /** What an element says now, cut where it is more than an answer holds. */
  #shown(current: Record<string, unknown>): Record<string, unknown> {
    if (jsonBytes(current) <= MOST_CURRENT_BYTES) return { current };
    const most = Math.floor(MOST_CURRENT_BYTES / Object.keys(current).length);
    const cut = Object.entries(current).map(([name, value]) => {
      return [name, typeof value === "string" ? cutToJsonBytes(value, most) : value];
    });
    return { current: Object.fromEntries(cut), truncated: true, path: this.#path };
  }

  async #edit(): Promise<ToolResult> {
    const { plans, seen } = this.desk;
    const { planSlug, action } = this.given;
    const found = await plans.read(planSlug);
    const isMissing = !found.ok && found.problem.reason === "not_found" && action === "add_element";
    const refusal = isMissing ? await this.#refuseFirst() : undefined;
    if (refusal !== undefined) return refusal;
    const created = isMissing ? await plans.create(planSlug, "blank", this.given.planTitle) : found;
    // Of several calls in one message another may have been first.
    const isTaken = !created.ok && created.problem.reason === "exists";
    const isNew = isMissing && created.ok;
    const before = isTaken ? await plans.read(planSlug) : created;
    if (!before.ok) return await this.#problem(before.problem);
    const made = planOperation(this.given, before.value.plan);
    if (typeof made === "string") return planRefusal(this.#facts, made);
    // What a template says to people who begin is in the way of a drawing.
    const cleared = isNew ? before.value.plan.elements.map(({ id }) => ({ op: "delete_element" as const, id })) : [];
    const edited = await plans.edit(planSlug, this.author, [...cleared, made.operation]);
    if (edited.ok) {
      if (isNew) seen.saw(this.sessionId, planSlug, edited.stored.plan.revision);
      else seen.edited(this.sessionId, planSlug, edited.stored.plan.revision);
      const value = { ok: true, ...this.#facts, ...made.ids, ...(isNew ? { created: true } : {}) };
      const title = `${action} ${Object.values(made.ids).join(" ")}`;
      return answer(title, { ...value, ...placeOf(made.operation, edited.stored) });
    }
    if ("problem" in edited) return await this.#problem(edited.problem);
    if (edited.refusal.reason === "conflict") {
      seen.saw(this.sessionId, planSlug, edited.stored.plan.revision);
      return this.#conflict(this.given.elementId ?? "", edited.refusal.current ?? {});
    }
    return planRefusal(this.#facts, edited.refusal.message);
  }

  /** The refusal of an element with which a plan would begin: no plan is made for it. */
  async #refuseFirst(): Promise<ToolResult | undefined> {
    const made = planOperation(this.given, EMPTY);
    if (typeof made === "string") return planRefusal(this.#facts, made);
    const { applyOperations } = await import("../../plans/apply-operations.ts");
    const tried = applyOperations(EMPTY, this.author, [made.operation], new Date().toISOString());
    return tried.ok ? undefined : planRefusal(this.#facts, tried.refusal.message);
  }

  async #problem({ reason, message }: PlanProblem): Promise<ToolResult> {
    if (reason !== "not_found") return planRefusal(this.#facts, message);
    const all = await this.desk.plans.list();
    if (!all.ok) return planRefusal(this.#facts, all.problem.message);
    const slugs = all.value.slice(0, MOST_NAMED).map(({ slug }) => slug);
    const others = slugs.length === 0 ? "" : ` Plans that are there: ${slugs.join(", ")}.`;
    return planRefusal(this.#facts, `${message}${others} add_element makes a plan that is not there yet.`);
  }
}

/** Where the layout has put a new element. */
function placeOf(operation: Operation, { plan }: StoredPlan): Record<string, number> {
  if (operation.op !== "add_element") return {};
  const element = plan.elements.find(({ id }) => id === operation.element.id);
  if (element === undefined) return {};
  const { x, y, width, height } = element;
  return { x, y, width, height };
}
