import { adoptHandEdit } from "./adopt-hand-edit.ts";
import { changesUnseen } from "./changes-unseen.ts";
import { HistoryFiles, type Step } from "./history-files.ts";
import { holdsOf } from "./holds.ts";
import { withOwnEdits } from "./judge-plan.ts";
import { JudgedFolder, type JudgedSnapshot } from "./judged-folder.ts";
import { MemoryLedger, type DecidedPlan, type Ledger } from "./ledger.ts";
import { makePlan } from "./make-plan.ts";
import type { Operation } from "./operations.ts";
import { SLUG, type Asker, type Author, type Decision, type Plan, type PlanMeta, type PlanStatus } from "./plan.ts";
import type { BaseClock } from "../lib/clock.ts";
import { withPlacesKept } from "./keep-places.ts";
import { MOST_AHEAD_MS, nextMoment } from "./next-moment.ts";
import { PlanFolder } from "./plan-folder.ts";
import { PlanLock } from "./plan-lock.ts";
import { caught, problem } from "./plan-problems.ts";
import type { EditResult, Hold, PlanSummary, Plans, Result, Round, StoredPlan } from "./plan-store-port.ts";
import { summarize } from "./plan-summary.ts";
import type { PlanHistory } from "./plan-history.ts";
import { askForReview, decideReview, finishRound, isDecision, tellReview, toldUntil } from "./review.ts";
import { PlanWatch, type Sight } from "./watch-plan.ts";
import { withRemarks } from "./with-remarks.ts";
import { withoutFuture } from "./without-future.ts";

/**
 * The plans of a project.
 *
 * @param folder the absolute path of `plans`
 * @param ledger where their reviews are kept; in memory where absent
 */
export function createPlans(parts: {
  readonly folder: string;
  readonly clock: BaseClock;
  readonly ledger?: Ledger;
}): Plans {
  return new FilePlans(new PlanFolder(parts.folder), parts.ledger ?? new MemoryLedger(), parts.clock);
}

/** Plans as files that several processes read and write at once. */
class FilePlans implements Plans {
  readonly #files: PlanFolder;
  readonly #judged: JudgedFolder;
  readonly #history: HistoryFiles;
  readonly #lock: PlanLock;
  readonly #clock: BaseClock;
  /** Each plan as it was last seen, and in which folder: what tells an edit by hand from what was there. */
  readonly #known = new Map<string, Pick<JudgedSnapshot, "folder"> & { readonly plan: Plan }>();
  readonly #watches = new Map<string, Set<PlanWatch>>();

  constructor(files: PlanFolder, ledger: Ledger, clock: BaseClock) {
    this.#files = files;
    this.#judged = new JudgedFolder(files, ledger);
    this.#history = new HistoryFiles(files);
    this.#clock = clock;
    this.#lock = new PlanLock(files.lockPath, clock);
  }

  get folder(): string {
    return this.#files.path;
  }

  async list(): Promise<Result<PlanSummary[]>> {
    const slugs = await caught(async () => await this.#files.slugs());
    if (!slugs.ok) return slugs;
    const found = await Promise.all(slugs.value.map(async (slug) => ({ slug, result: await this.read(slug) })));
    return { ok: true, value: found.flatMap(({ slug, result }) => summarize(slug, result)) };
  }

  async read(slug: string): Promise<Result<StoredPlan>> {
    const snapshot = await caught(async () => await this.#see(slug));
    return snapshot.ok ? { ok: true, value: snapshot.value.stored } : snapshot;
  }

  async history(slug: string): Promise<Result<PlanHistory>> {
    return await caught(async () => await this.#history.read(slug));
  }

  async create(slug: string, template: string, title?: string): Promise<Result<StoredPlan>> {
    const made = makePlan(slug, template, title, this.#moment());
    if (!made.ok) return made;
    const { plan, meta } = made.value;
    return await this.#change(slug, "make", async () => {
      const there = await this.#files.read(slug);
      if (there.ok)
        return problem("exists", `There is a plan "${slug}" already. Choose another slug, or open that one.`);
      if (there.problem.reason !== "not_found") return there;
      return await this.#files.create(slug, plan, meta);
    });
  }

  async delete(slug: string): Promise<Result<null>> {
    const deleted = await caught(async () => {
      const ready = async (): Promise<Result<null>> => await this.#files.check(slug);
      return await this.#lock.hold(ready, async () => await this.#judged.remove(slug));
    });
    if (!deleted.ok && deleted.problem.reason === "not_found" && (await this.#forget(slug))) {
      return { ok: true, value: null };
    }
    if (deleted.ok) this.#known.delete(slug);
    for (const watch of this.#watches.get(slug) ?? []) watch.lookNow();
    return deleted;
  }

  async edit(slug: string, author: Author, operations: readonly Operation[]): Promise<EditResult> {
    let outcome: EditResult | undefined;
    const written = await this.#change(slug, "keep", async () => {
      const before = await this.#readAdopted(slug);
      if (!before.ok) return before;
      const { snapshot, plan } = before.value;
      // The layout is loaded with the first edit, since the host waits for the plugin at its start.
      const { applyOperations } = await import("./apply-operations.ts");
      const { meta } = snapshot.stored;
      // Who has been asked to look finds things where they saw them: only what is new is placed.
      const settled = meta.review.state === "none" ? plan : withPlacesKept(plan);
      const now = this.#moment(meta);
      const applied = applyOperations(settled, author, operations, now);
      if (!applied.ok) {
        outcome = { ok: false, refusal: applied.refusal, stored: snapshot.stored };
        return { ok: true, value: snapshot.stored };
      }
      const isEdit = operations.some((operation) => operation.op !== "set_viewport");
      const decided = snapshot.entry?.decided;
      const own = author.kind === "person" && decided !== undefined && withOwnEdits(decided, plan, applied.plan);
      const after = await this.#write(
        snapshot,
        applied.plan === settled ? plan : applied.plan,
        isEdit,
        own === false ? undefined : own,
      );
      if (!after.ok) return after;
      outcome = { ok: true, stored: after.value, ids: applied.ids };
      const isContent = plan !== snapshot.stored.plan || operations.some(({ op }) => !/comment|viewport/.test(op));
      if (!isContent) return after;
      await this.#remember(snapshot, [
        { plan, by: { kind: "person" }, at: now },
        { plan: after.value.plan, by: author, at: now },
      ]);
      return after;
    });
    if (!written.ok) return written;
    return outcome ?? { ok: true, stored: written.value, ids: [] };
  }

  async setStatus(slug: string, author: Author, status: PlanStatus, note?: string): Promise<Result<StoredPlan>> {
    if (!isDecision(status)) {
      return await this.#changeMeta(slug, (meta) => (meta.status === status ? meta : { ...meta, status }));
    }
    if (author.kind === "person") return await this.decide(slug, status, note);
    return problem(
      "not_allowed",
      `Only a person sets a plan to ${status}. Put it up for review and wait for the user.`,
    );
  }

  async openReview(slug: string, askedBy: Asker): Promise<Result<StoredPlan>> {
    return await this.#changeMeta(slug, (meta, now) => askForReview(meta, askedBy, now));
  }

  async decide(slug: string, decision: Decision, note?: string, seen?: number): Promise<Result<StoredPlan>> {
    return await this.finishReview(slug, { decision, operations: [], ...(note !== undefined && { note }) }, seen);
  }

  async finishReview(slug: string, round: Round, seen?: number): Promise<Result<StoredPlan>> {
    const { decision, note, operations } = round;
    return await this.#change(slug, "keep", async () => {
      const before = await this.#readAdopted(slug);
      if (!before.ok) return before;
      const { snapshot, plan } = before.value;
      const { cut } = snapshot.stored;
      if (decision === "approved" && cut !== undefined) {
        return problem("not_allowed", `Only a part of this plan can be shown, so it cannot be approved. ${cut}`);
      }
      if (seen !== undefined && seen !== plan.revision) return problem("changed", changesUnseen(plan, seen));
      if (decision === "approved" && plan.elements.length === 0) {
        return problem("not_allowed", "This plan is empty: there is nothing to approve. Ask for changes, or wait.");
      }
      const { meta } = snapshot.stored;
      const now = this.#moment(meta);
      const said = await withRemarks(plan, operations, now);
      if (!said.ok) return said;
      if (decision === undefined) return await this.#judged.write(snapshot, said.value, finishRound(meta, now));
      const { revision, title, elements, connections } = said.value;
      const decided = decideReview(meta, decision, note, now);
      return await this.#judged.write(snapshot, said.value, decided, { revision, title, elements, connections });
    });
  }

  async holds(others: readonly string[]): Promise<readonly Hold[]> {
    const { ledger } = this.#judged;
    const slugs = new Set([...(await ledger.slugs()), ...others]);
    const found = await Promise.all([...slugs].map(async (slug) => await holdsOf(ledger, slug, await this.read(slug))));
    return found.flat();
  }

  async told(slug: string, until: string): Promise<Result<StoredPlan>> {
    return await this.#changeMeta(slug, (meta) => tellReview(meta, until));
  }

  async tellOnce(slug: string, from: string, until: string): Promise<Result<boolean>> {
    let isFirst = false;
    const changed = await this.#changeMeta(slug, (meta) => {
      isFirst = toldUntil(meta) === from;
      return isFirst ? { ...meta, review: { ...meta.review, toldUntil: until } } : meta;
    });
    return changed.ok ? { ok: true, value: isFirst } : changed;
  }

  watch(slug: string, changed: (now: Result<StoredPlan>) => void): { close(): void } {
    const planFolder = SLUG.test(slug) ? this.#files.planFolder(slug) : undefined;
    const look = async (): Promise<Sight> => await this.#look(slug);
    const watch = new PlanWatch({ planFolder, clock: this.#clock, look, changed });
    const watches = this.#watches.get(slug) ?? new Set();
    this.#watches.set(slug, watches.add(watch));
    return {
      close: () => {
        watch.close();
        watches.delete(watch);
        if (watches.size === 0) this.#watches.delete(slug);
      },
    };
  }

  /** What a watch sees: what was changed by hand has been taken for a person's edit then. */
  async #look(slug: string): Promise<Sight> {
    const seen = await caught(async () => {
      const snapshot = await this.#see(slug);
      if (!snapshot.ok || this.#adopt(snapshot.value) === snapshot.value.stored.plan) return snapshot;
      // Another process may be faster: then there is nothing left to do under the lock.
      const ready = async (): Promise<Result<null>> => await this.#files.check(slug);
      const adopted = await this.#lock.hold(ready, async () => {
        const before = await this.#readAdopted(slug);
        if (!before.ok) return before;
        const { snapshot: found, plan } = before.value;
        const written = await this.#write(found, plan);
        await this.#remember(found, [{ plan, by: { kind: "person" }, at: this.#moment() }]);
        return written;
      });
      return adopted.ok ? await this.#see(slug) : adopted;
    });
    if (!seen.ok) return { result: seen, fingerprint: JSON.stringify(seen.problem) };
    const { stored, planText, metaText } = seen.value;
    const { claimed, changedSince } = stored;
    const fingerprint = JSON.stringify([planText, metaText, claimed, changedSince]);
    return { result: { ok: true, value: stored }, fingerprint };
  }

  /** Reads a plan, and remembers what a store has written, or what is seen for the first time. */
  async #see(slug: string): Promise<Result<JudgedSnapshot>> {
    const read = await this.#judged.read(slug);
    if (!read.ok) {
      if (read.problem.reason === "not_found") this.#known.delete(slug);
      return read;
    }
    const latest = new Date(this.#clock.now() + MOST_AHEAD_MS).toISOString();
    const snapshot = { ...read.value, stored: withoutFuture(read.value.stored, latest) };
    const { plan } = snapshot.stored;
    const known = this.#knownOf(snapshot);
    // A read may be overtaken by a write that began later.
    const isNews = known === undefined || (snapshot.isAsWritten && plan.revision > known.revision);
    if (isNews) this.#known.set(slug, { plan, folder: snapshot.folder });
    return { ok: true, value: snapshot };
  }

  /**
   * The plan as it is, or with what was changed by hand as a person's edit: in an editor, or by bringing back the file as
   * a store wrote it earlier.
   */
  #adopt(snapshot: JudgedSnapshot): Plan {
    const { stored, isAsWritten } = snapshot;
    const known = this.#knownOf(snapshot);
    // Of a file that was cut nobody can tell what a person has changed.
    if (stored.cut !== undefined) return stored.plan;
    if (known === undefined || (isAsWritten && stored.plan.revision > known.revision)) return stored.plan;
    return adoptHandEdit(known, stored.plan, this.#moment(stored.meta));
  }

  /** The plan as it was last seen; `undefined` where that was another one of the same slug. */
  #knownOf({ stored, folder }: JudgedSnapshot): Plan | undefined {
    const known = this.#known.get(stored.slug);
    return known?.folder === folder ? known?.plan : undefined;
  }

  async #readAdopted(slug: string): Promise<Result<{ readonly snapshot: JudgedSnapshot; readonly plan: Plan }>> {
    const snapshot = await this.#see(slug);
    return snapshot.ok
      ? { ok: true, value: { snapshot: snapshot.value, plan: this.#adopt(snapshot.value) } }
      : snapshot;
  }

  async #changeMeta(slug: string, change: (meta: PlanMeta, now: string) => PlanMeta): Promise<Result<StoredPlan>> {
    return await this.#change(slug, "keep", async () => {
      const before = await this.#see(slug);
      if (!before.ok) return before;
      const { plan, meta } = before.value.stored;
      return await this.#judged.write(before.value, plan, change(meta, this.#moment(meta)));
    });
  }

  /** Writes the plan that an edit has made; one that only looks elsewhere is none. */
  async #write(
    snapshot: JudgedSnapshot,
    plan: Plan,
    isEdit = true,
    decided?: DecidedPlan,
  ): Promise<Result<StoredPlan>> {
    const { meta, plan: planBefore } = snapshot.stored;
    if (plan === planBefore) return { ok: true, value: snapshot.stored };
    const lastEdited = isEdit ? this.#moment(meta) : meta.lastEdited;
    const isSame = lastEdited === meta.lastEdited && plan.title === meta.title;
    const next = isSame ? meta : { ...meta, title: plan.title, lastEdited };
    const written = await this.#judged.write(snapshot, plan, next, decided);
    if (written.ok) this.#known.set(snapshot.stored.slug, { plan, folder: snapshot.folder });
    return written;
  }

  /** Keeps what a plan has become beside it. An edit that is done stays done where the history cannot be written. */
  async #remember({ stored, isAsWritten }: JudgedSnapshot, steps: readonly Step[]): Promise<void> {
    const { slug, plan, meta } = stored;
    const first = isAsWritten ? [{ plan, by: null, at: meta.lastEdited }] : [];
    await caught(async () => {
      await this.#history.add(slug, [...first, ...steps]);
      return { ok: true, value: null };
    });
  }

  /** Changes a plan under the lock, and tells the watches of this process. */
  async #change(
    slug: string,
    folder: "make" | "keep",
    run: () => Promise<Result<StoredPlan>>,
  ): Promise<Result<StoredPlan>> {
    const ready = async (): Promise<Result<null>> => {
      const checked = await this.#files.check(slug);
      const mayMake = folder === "make" && !checked.ok && checked.problem.reason === "not_found";
      return mayMake ? await this.#files.make() : checked;
    };
    const changed = await caught(async () => await this.#lock.hold(ready, run));
    for (const watch of this.#watches.get(slug) ?? []) watch.lookNow();
    return changed;
  }

  /** Whether the ledger had anything of a plan that is gone, and has it no more. */
  async #forget(slug: string): Promise<boolean> {
    const { ledger } = this.#judged;
    if ((await ledger.readAll(slug)).size === 0) return false;
    await ledger.remove(slug);
    return true;
  }

  #moment(meta?: PlanMeta): string {
    return nextMoment(this.#clock.now(), meta);
  }
}
