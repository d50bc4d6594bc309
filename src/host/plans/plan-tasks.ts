import { hasField } from "../../plans/element-kinds.ts";
import { plainName } from "../../text/plain-name.ts";
import type { AgentAtWork, Plans } from "../../plans/plan-store-port.ts";
import type { Instance, PlanTask } from "../../supervisor/instance.ts";
import type { InstanceCatalog } from "../../fleet/instance-catalog.ts";
import { findElement, quote } from "../tools/plan-names.ts";
import { planMeant } from "./plan-meant.ts";

const MOST_NAMED = 20;

export interface PlanTasksParts {
  readonly plans: () => Promise<Plans>;
  readonly catalog: () => Promise<Pick<InstanceCatalog, "list" | "find">>;
  readonly report: (message: string, cause?: unknown) => void;
}

/** The tasks of plans that agents were sent out for. */
export class PlanTasks {
  constructor(private readonly parts: PlanTasksParts) {}

  /**
   * The task that is meant.
   *
   * @param text `plan/task`: the plan's slug, and the task's id, title or name
   * @returns in words what is wrong with it
   */
  async resolve(text: string): Promise<PlanTask | string> {
    const [, plan = "", name = ""] = /^\s*(?:plans\/)?([^/#:>]+?)\s*[/#:>]\s*(.+?)\s*$/s.exec(text) ?? [];
    if (!/[\w]/.test(plan))
      return `planTask is the plan's slug and the task's id or title, as "login/el_1", not ${quote(text)}.`;
    const plans = await this.parts.plans();
    const meant = await planMeant(plans, plan, false);
    if ("wrong" in meant) return meant.wrong;
    const { slug } = meant;
    const read = await plans.read(slug);
    if (!read.ok) return read.problem.message;
    const found = findElement(read.value.plan, name);
    if ("id" in found) return { folder: plans.folder, slug, elementId: found.id };
    const tasks = read.value.plan.elements.filter((one) => hasField(one, "done") && one.done !== true);
    const named = tasks.slice(0, MOST_NAMED).map(({ id, title }) => `${id} ${quote(title)}`);
    return `${found.wrong}${named.length === 0 ? "" : ` Tasks that are open: ${named.join(", ")}.`}`;
  }

  /** Who works on a plan, or has: of each element the agent that was sent out last. */
  async atWork(slug: string): Promise<readonly AgentAtWork[]> {
    const { folder } = await this.parts.plans();
    const entries = await (await this.parts.catalog()).list();
    const latest = new Map<string, AgentAtWork>();
    for (const { record } of entries) {
      const { planTask, instanceId, agent, status, activity } = record;
      if (planTask?.slug !== slug || planTask.folder !== folder) continue;
      const isAtWork = status === "pending" || status === "running";
      const { elementId } = planTask;
      latest.set(elementId, { elementId, instanceId, agent: plainName(agent), status, ...(isAtWork && { activity }) });
    }
    return [...latest.values()];
  }

  /** An agent has come to its end: its task is ticked where it has done it. Never rejects. */
  async ended({
    planTask,
    agent,
    state,
    changes,
  }: Pick<Instance, "planTask" | "agent" | "state" | "changes">): Promise<void> {
    // What lies in a folder of its own is done once it is brought in.
    if (planTask !== undefined && state.status === "done" && changes === undefined) await this.tick(planTask, agent);
  }

  /** What an agent has changed in a folder of its own was applied: its task is done. Never rejects. */
  async applied(instanceId: string): Promise<void> {
    try {
      const { planTask, agent } = (await (await this.parts.catalog()).find(instanceId))?.record ?? {};
      if (planTask != null && agent !== undefined) await this.tick(planTask, agent);
    } catch (error) {
      this.parts.report("The task of an agent could not be ticked.", error);
    }
  }

  /** Ticks a task whose agent has done it. Never rejects. */
  async tick({ folder, slug, elementId }: PlanTask, agent: string): Promise<void> {
    try {
      const plans = await this.parts.plans();
      if (plans.folder !== folder) return;
      const read = await plans.read(slug);
      const task = read.ok ? read.value.plan.elements.find(({ id }) => id === elementId) : undefined;
      if (task === undefined || !hasField(task, "done") || task.done === true) return;
      const operation = { op: "update_element", id: elementId, changes: { done: true } } as const;
      const edited = await plans.edit(slug, { kind: "agent", name: agent }, [operation]);
      if (!edited.ok && "problem" in edited) throw new Error(edited.problem.message);
    } catch (error) {
      this.parts.report(`The task ${elementId} of the plan "${slug}" could not be ticked.`, error);
    }
  }
}
