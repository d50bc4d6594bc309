import type { CanvasPlans } from "../../src/canvas/canvas-plans.ts";
import type { Operation } from "../../src/plans/operations.ts";
import type { PlanHistory } from "../../src/plans/plan-history.ts";
import type { EditResult, Result, StoredPlan } from "../../src/plans/plan-store-port.ts";
import type { Author } from "../../src/plans/plan.ts";

/** An edit as the store was asked for it. */
export interface AskedEdit {
  readonly slug: string;
  readonly author: Author;
  readonly operations: readonly Operation[];
}

/** Plans without a disk: what the server asks of a store can be seen, and what the store says be chosen. */
export class MemoryPlans implements CanvasPlans {
  readonly folder = "/home/somebody/project/plans";
  readonly edits: AskedEdit[] = [];
  /** What the next edit ends with; done where absent. */
  nextEdit: ((stored: StoredPlan) => EditResult) | undefined;
  readonly #states = new Map<string, Result<StoredPlan>>();
  readonly #watches = new Map<string, Set<(now: Result<StoredPlan>) => void>>();

  constructor(...slugs: string[]) {
    for (const slug of slugs) this.#states.set(slug, { ok: true, value: emptyPlan(slug) });
  }

  /** How many watch a plan. */
  watchers(slug: string): number {
    return this.#watches.get(slug)?.size ?? 0;
  }

  /** Somebody else changes the plan. */
  change(slug: string, now: Result<StoredPlan>): void {
    this.#states.set(slug, now);
    for (const changed of this.#watches.get(slug) ?? []) changed(now);
  }

  /** Somebody else gives the plan a title. */
  retitle(slug: string, title: string): void {
    const before = this.#states.get(slug);
    const stored = before?.ok === true ? before.value : emptyPlan(slug);
    const plan = { ...stored.plan, title, revision: stored.plan.revision + 1 };
    this.change(slug, { ok: true, value: { ...stored, plan } });
  }

  async read(slug: string): Promise<Result<StoredPlan>> {
    const message = `There is no ${this.folder}/${slug}.`;
    return this.#states.get(slug) ?? { ok: false, problem: { reason: "not_found", message } };
  }

  async history(slug: string): Promise<Result<PlanHistory>> {
    const read = await this.read(slug);
    return read.ok ? { ok: true, value: [{ ...read.value.plan, at: read.value.meta.lastEdited, by: null }] } : read;
  }

  async edit(slug: string, author: Author, operations: readonly Operation[]): Promise<EditResult> {
    this.edits.push({ slug, author, operations });
    const read = await this.read(slug);
    if (!read.ok) return read;
    if (this.nextEdit !== undefined) return this.nextEdit(read.value);
    const title = operations.findLast((operation) => operation.op === "set_title")?.title;
    this.retitle(slug, title ?? read.value.plan.title);
    const after = await this.read(slug);
    return after.ok ? { ok: true, stored: after.value, ids: [] } : after;
  }

  async finishReview(...[slug, round, seen]: Parameters<CanvasPlans["finishReview"]>): Promise<Result<StoredPlan>> {
    const { decision = "changes_requested", note } = round;
    const read = await this.read(slug);
    if (!read.ok) return read;
    if (seen !== read.value.plan.revision) return { ok: false, problem: { reason: "changed", message: "It changed." } };
    const review = { state: "decided", decision, ...(note === undefined ? {} : { note }) } as const;
    const decided = { ...read.value, meta: { ...read.value.meta, status: decision, review } };
    this.change(slug, { ok: true, value: decided });
    return { ok: true, value: decided };
  }

  watch(slug: string, changed: (now: Result<StoredPlan>) => void): { close(): void } {
    const watches = this.#watches.get(slug) ?? new Set();
    this.#watches.set(slug, watches.add(changed));
    void this.read(slug).then((now) => (watches.has(changed) ? changed(now) : undefined));
    return { close: () => void watches.delete(changed) };
  }
}

function emptyPlan(slug: string): StoredPlan {
  const viewport = { x: 0, y: 0, zoom: 1 };
  return {
    slug,
    plan: { schemaVersion: 2, title: slug, elements: [], connections: [], comments: [], viewport, revision: 1 },
    meta: {
      status: "draft",
      title: slug,
      template: "blank",
      lastEdited: "2026-01-01T00:00:00.000Z",
      review: { state: "none" },
    },
  };
}
