import { create } from "zustand";
import type { AgentAtWork, PlanProblem, StoredPlan } from "../../../plans/plan-store-port.ts";
import type { Connection, Plan, PlanElement } from "../../../plans/plan.ts";
import type { KeptRevision } from "../../../plans/plan-history.ts";
import type { PendingEdit } from "./edit-queue.ts";
import { shareStructure } from "./share-structure.ts";
import { showPending } from "./show-pending.ts";
import { fittedRemarks, remarkId, type Remark } from "./review-round.ts";
import { NO_HISTORY, type UndoHistory } from "./undo-history.ts";

/** How the page stands with its server. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  /** Edits are kept and sent again. `message`: the server is there, and says why it cannot take them now. */
  | { readonly state: "offline"; readonly message?: string }
  /** The server does not know this page's cookie: another one has taken its place. */
  | { readonly state: "locked_out" };

export interface PlanState {
  /** What the server said last. */
  readonly stored: StoredPlan | null;
  readonly pending: readonly PendingEdit[];
  /** What is shown: the server's plan and what is not confirmed yet. */
  readonly plan: Plan | null;
  readonly elements: ReadonlyMap<string, PlanElement>;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Why the plan on disk cannot be read now; the page keeps what it shows. */
  readonly problem: PlanProblem | null;
  readonly link: Link;
  readonly history: UndoHistory;
  /** What the person has said and not sent. */
  readonly round: readonly Remark[];
  /** Who works on it, by the element. */
  readonly agents: ReadonlyMap<string, AgentAtWork>;
  /** The revision that is shown in the place of what the plan is. */
  readonly past: KeptRevision | null;
}

export const usePlan = create<PlanState>(() => ({
  stored: null,
  pending: [],
  plan: null,
  elements: new Map(),
  connections: new Map(),
  problem: null,
  link: { state: "connecting" },
  history: NO_HISTORY,
  round: [],
  agents: new Map(),
  past: null,
}));

/** Takes what the stream says now, unless an answer has said something newer already. */
export function takeStored(stored: StoredPlan): void {
  const { stored: before, problem } = usePlan.getState();
  if (before !== null && problem === null && isOlder(stored, before)) return;
  take(stored);
}

/** A plan that was deleted and made again is another one: its revisions begin anew, but what is in it is of later. */
function isOlder(one: StoredPlan, other: StoredPlan): boolean {
  return one.plan.revision < other.plan.revision && one.meta.lastEdited <= other.meta.lastEdited;
}

/**
 * Takes what the server answered, unless the stream has told as much: what stands beside the plan (its status, its review)
 * has no revision, and the stream's word on it is never the older one.
 */
export function takeAnswer(stored: StoredPlan): void {
  const { stored: before } = usePlan.getState();
  if (before === null || stored.plan.revision > before.plan.revision) take(stored);
}

function take(stored: StoredPlan): void {
  const { stored: before, pending } = usePlan.getState();
  usePlan.setState({ stored: shareStructure(before, stored), problem: null });
  showPlan(pending);
}

/** What is not sent has no time of its own yet. */
const BEGUN = new Date().toISOString();

/** Shows the server's plan with these edits on top, and what the person has said and not sent. */
export function showPlan(pending: readonly PendingEdit[]): void {
  const { stored, plan: before, round, past } = usePlan.getState();
  if (stored === null) {
    usePlan.setState({ pending });
    return;
  }
  if (past !== null) {
    usePlan.setState({ pending });
    return;
  }
  const edited = showPending(stored.plan, pending, new Date().toISOString());
  const said = fittedRemarks(edited, round).map((remark) => ({ id: remarkId(remark), operations: [remark] }));
  const plan = shareStructure(before, showPending(edited, said, BEGUN));
  usePlan.setState({ pending, ...(plan === before ? {} : { plan, ...indexPlan(plan, before) }) });
}

/** Shows the plan as it was; `null`: as it is. */
export function showPast(past: KeptRevision | null): void {
  const { stored, plan: before, pending } = usePlan.getState();
  usePlan.setState({ past });
  if (past === null || stored === null) return showPlan(pending);
  const { title, elements, connections } = past;
  const plan = { ...stored.plan, title, elements, connections, comments: [] };
  usePlan.setState({ plan, ...indexPlan(plan, before) });
}

type Index = Pick<PlanState, "elements" | "connections">;

function indexPlan(plan: Plan, before: Plan | null): Partial<Index> {
  return {
    ...(plan.elements === before?.elements ? {} : { elements: byId(plan.elements) }),
    ...(plan.connections === before?.connections ? {} : { connections: byId(plan.connections) }),
  };
}

function byId<T extends { readonly id: string }>(members: readonly T[]): ReadonlyMap<string, T> {
  return new Map(members.map((member) => [member.id, member]));
}
