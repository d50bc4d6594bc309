import { join } from "node:path";
import { OpenReviews } from "../../src/host/plans/open-reviews.ts";
import type { PlanServices } from "../../src/host/plans/plan-services.ts";
import { SeenPlans } from "../../src/host/plans/seen-plans.ts";
import { UnreadMessages } from "../../src/host/unread-messages.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { planToolHooks } from "../../src/host/tools/plan-tools.ts";
import type { Plans } from "../../src/plans/plan-store-port.ts";
import { createPlans } from "../../src/plans/file-plans.ts";
import type { Operation } from "../../src/plans/operations.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { toolContext, type ToolAnswer } from "./tool-rig.ts";

/**
 * The tools for plans as the plugin builds them, over plans on disk; the page is left out.
 *
 * @param own the plans; those of a new folder where absent
 */
export function createPlanRig(own?: Plans) {
  const folder = own?.folder ?? join(temporaryFolder(), "plans");
  const plans = own ?? createPlans({ folder, clock: systemClock });
  const followed: string[] = [];
  const called: string[] = [];
  const closing = new AbortController();
  const unread = new UnreadMessages();
  const desk: PlanServices = {
    plans,
    closing: closing.signal,
    show: async (slug) => ({
      url: `http://127.0.0.1:1/plan/${slug}?secret=s`,
      openedBrowser: false,
      why: "No screen.",
    }),
    callUser: async (_sessionId, slug) => void called.push(slug),
    whoseAct: () => ({ by: "person" }),
    seen: new SeenPlans(),
    reviews: new OpenReviews(),
    changeReviews: new OpenReviews(),
    unread,
    asker: async (sessionId) => ({ sessionId }),
    follow: (slug) => void followed.push(slug),
  };
  const hooks = planToolHooks(async () => desk);
  /** Calls a tool as the host does. */
  const call = async (tool: string, args: unknown, given: Parameters<typeof toolContext>[0] = {}) => {
    const result = await hooks.tool[tool]!.execute(args as never, toolContext(given));
    const { title, output, metadata } = result as Omit<ToolAnswer, "value">;
    return { title, output, metadata, value: JSON.parse(output) };
  };
  return {
    desk,
    unread,
    plans,
    folder,
    followed,
    called,
    hooks,
    /** As the plugin is disposed of. */
    dispose: () => closing.abort(),
    call,
    act: async (action: string, more: Record<string, unknown> = {}, given: Parameters<typeof toolContext>[0] = {}) =>
      (await call("bizar_plan_action", { action, planSlug: "x", ...more }, given)).value,
    /** What the user does on the page. */
    person: async (...operations: Operation[]) => {
      const edited = await plans.edit("x", { kind: "person" }, operations);
      if (!edited.ok) throw new Error(JSON.stringify(edited));
    },
  };
}
