import type { ToolContext, ToolResult } from "../../opencode/plugin-api.ts";
import { kindOf } from "../../plans/element-kinds.ts";
import { inWords } from "../../plans/make-plan.ts";
import type { Operation, OperationRefusal } from "../../plans/operations.ts";
import { PLAN_STATUSES, type Author, type Plan } from "../../plans/plan.ts";
import type { PlanProblem, StoredPlan } from "../../plans/plan-store-port.ts";
import type { PlanServices } from "../plans/plan-services.ts";
import { answer, cutToJsonBytes, jsonBytes } from "./answer.ts";
import { canvasView } from "./canvas-view.ts";
import type { PlanActionArguments } from "./plan-action.ts";
import { sinceLook } from "../plans/since-look.ts";
import { orRefusal, planRefusal } from "./plan-answer.ts";
import { planMeant } from "../plans/plan-meant.ts";
import { drawing } from "./plan-draw.ts";
import { withMarkdown } from "./plan-from-markdown.ts";
import { inPlanWords, planOperation, withIds } from "./plan-operation.ts";
import { overwrittenTexts } from "./overwritten-texts.ts";

const MAKES_A_PLAN: ReadonlySet<string> = new Set(["draw", "add_element"]);
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

/** Does one action on a plan. Never rejects. */
export async function runPlanAction(
  desk: () => Promise<PlanServices>,
  given: PlanActionArguments,
  { agent, sessionID }: Pick<ToolContext, "agent" | "sessionID">,
): Promise<ToolResult> {
  const { action, planSlug } = given;
  return await orRefusal({ action, planSlug }, async () => {
    const ready = await desk();
    const meant = await planMeant(ready.plans, planSlug, MAKES_A_PLAN.has(action));
    if ("wrong" in meant) return planRefusal({ action, planSlug }, meant.wrong);
    const author = { kind: "agent", name: agent } as const;
    const named = await withMarkdown(inPlanWords({ ...given, planSlug: meant.slug }));
    return await new PlanAction(ready, named, author, sessionID).run();
  });
}

class PlanAction {
  constructor(
    private readonly desk: PlanServices,
    private readonly given: PlanActionArguments,
    private readonly author: Author,
    private readonly sessionId: string,
  ) {}

  async run(): Promise<ToolResult> {
    const { action } = this.given;
    if (action === "get_canvas") return await this.#look();
    if (action === "set_status") return await this.#setStatus();
    return await this.#edit();
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
    const agents = await this.desk.agents?.(planSlug).catch(() => []);
    const since = sinceLook(found.value, this.desk.seen.look(this.sessionId, planSlug), this.author);
    this.desk.seen.looked(this.sessionId, planSlug, plan.revision, meta.lastEdited);
    const { elements, connections } = plan;
    const title = `${planSlug}: ${elements.length} elements, ${connections.length} connections, ${meta.status}`;
    return answer(title, canvasView({ ...this.#facts, ...since }, found.value, this.#path, agents), {
      revision: plan.revision,
    });
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
    // What the user decided stands, whatever the work has come to.
    const { decision } = set.value.meta.review;
    return answer(`${planSlug}: ${status}`, { ok: true, ...this.#facts, status, ...(decision && { decision }) });
  }

  /** The refusal of an update that would undo what the user wrote since this session looked. */
  #refuseToOverwrite(given: PlanActionArguments, plan: Plan): ToolResult | undefined {
    if (given.action !== "update_element") return undefined;
    const { planSlug, elementId = "" } = given;
    const { seen } = this.desk;
    const current = overwrittenTexts(plan, given, seen.revision(this.sessionId, planSlug));
    if (current === undefined) return undefined;
    // It is told here what the text is now: the next update knows it.
    seen.saw(this.sessionId, planSlug, plan.revision);
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
    const isMissing = !found.ok && found.problem.reason === "not_found" && MAKES_A_PLAN.has(action);
    const refusal = isMissing ? await this.#refuseFirst() : undefined;
    if (refusal !== undefined) return refusal;
    const created = isMissing ? await plans.create(planSlug, "blank", this.given.planTitle) : found;
    // Another agent may have been first.
    const isTaken = !created.ok && created.problem.reason === "exists";
    const isNew = isMissing && created.ok;
    const before = isTaken ? await plans.read(planSlug) : created;
    if (!before.ok) return await this.#problem(before.problem);
    const { plan } = before.value;
    const given = withIds(this.given, plan);
    if (typeof given === "string") return planRefusal(this.#facts, given);
    const overwriting = this.#refuseToOverwrite(given, plan);
    if (overwriting !== undefined) return overwriting;
    const made = changeOf(given, plan);
    if (typeof made === "string") return planRefusal(this.#facts, made);
    const broken = await brokenDiagrams(made, plan);
    if (broken !== undefined) return planRefusal(this.#facts, broken);
    // What a template says to people who begin is in the way of a drawing.
    const cleared = isNew ? plan.elements.map(({ id }) => ({ op: "delete_element" as const, id })) : [];
    const titled = isNew ? undefined : titling(given.planTitle, before.value);
    const first: readonly Operation[] = titled?.operation === undefined ? cleared : [...cleared, titled.operation];
    const edited = await plans.edit(planSlug, this.author, [...first, ...made.operations]);
    if (edited.ok) {
      const { revision } = edited.stored.plan;
      if (isNew) seen.looked(this.sessionId, planSlug, revision, edited.stored.meta.lastEdited);
      else seen.edited(this.sessionId, planSlug, revision);
      const value = { ok: true, ...this.#facts, ...made.told, ...(isNew ? { created: true } : {}) };
      const notes = [made.note, titled?.note].filter((words) => words !== undefined);
      const note = notes.length === 0 ? {} : { note: notes.join("; ") };
      return answer(made.title, { ...value, ...placeOf(made.operations, edited.stored), ...note });
    }
    if ("problem" in edited) return await this.#problem(edited.problem);
    if (edited.refusal.reason === "conflict") {
      seen.saw(this.sessionId, planSlug, edited.stored.plan.revision);
      return this.#conflict(given.elementId ?? "", edited.refusal.current ?? {});
    }
    return planRefusal(this.#facts, refusalWords(made, edited.refusal, first.length));
  }

  /** The refusal of an element with which a plan would begin: no plan is made for it. */
  async #refuseFirst(): Promise<ToolResult | undefined> {
    const made = changeOf(this.given, EMPTY);
    if (typeof made === "string") return planRefusal(this.#facts, made);
    const { applyOperations } = await import("../../plans/apply-operations.ts");
    const tried = applyOperations(EMPTY, this.author, made.operations, new Date().toISOString());
    if (!tried.ok) return planRefusal(this.#facts, refusalWords(made, tried.refusal, 0));
    const broken = await brokenDiagrams(made, EMPTY);
    return broken === undefined ? undefined : planRefusal(this.#facts, broken);
  }

  async #problem({ reason, message }: PlanProblem): Promise<ToolResult> {
    if (reason !== "not_found") return planRefusal(this.#facts, message);
    const all = await this.desk.plans.list();
    if (!all.ok) return planRefusal(this.#facts, all.problem.message);
    const slugs = all.value.slice(0, MOST_NAMED).map(({ slug }) => slug);
    const others = slugs.length === 0 ? "" : ` Plans that are there: ${slugs.join(", ")}.`;
    return planRefusal(this.#facts, `${message}${others} draw makes a plan that is not there yet.`);
  }
}

/** What a call does to a plan, and what its answer says of it. */
interface PlanChange {
  readonly operations: readonly Operation[];
  /** What each operation was in the call, where there are several. */
  readonly places?: readonly string[];
  readonly told: Readonly<Record<string, unknown>>;
  readonly title: string;
  readonly note?: string | undefined;
}

function changeOf(given: PlanActionArguments, plan: Plan): PlanChange | string {
  const { action } = given;
  if (action !== "draw") {
    const made = planOperation(given, plan);
    if (typeof made === "string") return made;
    return {
      operations: [made.operation],
      told: made.ids,
      title: `${action} ${Object.values(made.ids).join(" ")}`,
    };
  }
  const drawn = drawing(given, plan);
  if (typeof drawn === "string") return drawn;
  const { elements, connections, ids } = drawn;
  return {
    ...drawn,
    told: { elements, connections, ...(Object.keys(ids).length > 0 && { ids }) },
    title: `draw: ${elements} elements, ${connections} connections`,
  };
}

/** What is wrong with the diagrams that a call draws or changes; `undefined` where nothing is. */
async function brokenDiagrams({ operations, places }: PlanChange, plan: Plan): Promise<string | undefined> {
  const sources = operations.map((operation) => diagramOf(operation, plan));
  if (sources.every((source) => source === undefined)) return undefined;
  const { diagramFault } = await import("../plans/diagram-fault.ts");
  const faults = await Promise.all(sources.map(async (source) => source && (await diagramFault(source))));
  const told = faults.flatMap((fault, index) => {
    if (!fault) return [];
    return places === undefined ? [`Nothing was changed: ${fault}`] : [`${places[index]}: ${fault}`];
  });
  if (told.length === 0) return undefined;
  return [...(places === undefined ? [] : ["Nothing was drawn."]), ...told].join("\n");
}

/** The Mermaid that an operation brings. */
function diagramOf(operation: Operation, plan: Plan): string | undefined {
  if (operation.op !== "add_element" && operation.op !== "update_element") return undefined;
  const isNew = operation.op === "add_element";
  const before = isNew ? undefined : plan.elements.find(({ id }) => id === operation.id);
  const { type, content } = isNew ? operation.element : operation.changes;
  if (kindOf(type ?? before?.type).form !== "diagram" || (type === undefined && content === undefined))
    return undefined;
  return content ?? before?.content;
}

function refusalWords({ places }: PlanChange, { index, message }: OperationRefusal, before: number): string {
  const place = places?.[index - before];
  return place === undefined ? message : `Nothing was drawn.\n${place}: ${message}`;
}

/** A plan that was made without a title gets the one that comes later; another title is the user's or an agent's. */
function titling(
  title: string | undefined,
  { slug, plan }: StoredPlan,
): { readonly operation?: Operation; readonly note?: string } {
  const wanted = title?.trim() ?? "";
  if (wanted === "" || wanted === plan.title) return {};
  if (plan.title === inWords(slug)) return { operation: { op: "set_title", title: wanted } };
  return { note: "planTitle was not used: the plan has another title already." };
}

/** Where the layout has put a new element. */
function placeOf([operation, ...more]: readonly Operation[], { plan }: StoredPlan): Record<string, number> {
  if (operation?.op !== "add_element" || more.length > 0) return {};
  const element = plan.elements.find(({ id }) => id === operation.element.id);
  if (element === undefined) return {};
  const { x, y, width, height } = element;
  return { x, y, width, height };
}
