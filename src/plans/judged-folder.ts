import { judgePlan } from "./judge-plan.ts";
import type { DecidedPlan, Ledger, LedgerEntry, PlanIdentity } from "./ledger.ts";
import type { Plan, PlanMeta } from "./plan.ts";
import type { PlanFolder, Snapshot } from "./plan-folder.ts";
import type { Result, StoredPlan } from "./plan-store-port.ts";

/** A plan as it stands, with what its files say of it and what the ledger has. */
export interface JudgedSnapshot extends Snapshot {
  readonly inFile: StoredPlan;
  readonly entry: LedgerEntry | undefined;
}

/** The files of plans and the ledger, read and written together. Errors of the system are thrown. */
export class JudgedFolder {
  constructor(
    private readonly files: PlanFolder,
    readonly ledger: Ledger,
  ) {}

  async read(slug: string): Promise<Result<JudgedSnapshot>> {
    const read = await this.files.read(slug);
    if (!read.ok) return read;
    const { stored: inFile } = read.value;
    const entry = await this.ledger.read(identityOf(inFile));
    return { ok: true, value: { ...read.value, stored: judgePlan(inFile, entry), inFile, entry } };
  }

  /**
   * Writes what is another than before. The ledger comes first: who is told by the files finds it there. The lock is held.
   *
   * @param decided what was decided on, where that is another than before
   */
  async write(before: JudgedSnapshot, plan: Plan, meta: PlanMeta, decided?: DecidedPlan): Promise<Result<StoredPlan>> {
    const { inFile, entry, stored } = before;
    const identity = identityOf({ slug: stored.slug, plan });
    const next = nextEntry(before, meta, decided);
    if (next !== entry) await this.ledger.write(identity, next);
    try {
      const inFolder = { ...before, stored: inFile };
      // The same object says that the plan stays, though it may have been read with other times than its file has.
      const planInFile = plan === stored.plan ? inFile.plan : plan;
      const written = await this.files.write(inFolder, planInFile, metaForFile(before, meta));
      if (!written.ok) await this.#restore(identity, entry, next);
      else if (meta.review.state === "open" && next !== entry) await this.#supersede(identity);
      return written.ok ? { ok: true, value: judgePlan({ ...written.value, plan }, next) } : written;
    } catch (error) {
      await this.#restore(identity, entry, next);
      throw error;
    }
  }

  async remove(slug: string): Promise<Result<null>> {
    const removed = await this.files.remove(slug);
    // A person who deletes what is gone already wants to be rid of its review.
    if (removed.ok || removed.problem.reason === "not_found") await this.ledger.remove(slug);
    return removed;
  }

  async #restore(identity: PlanIdentity, entry: LedgerEntry | undefined, next: LedgerEntry | undefined): Promise<void> {
    if (next !== entry) await this.ledger.write(identity, entry);
  }

  /** Who waited for a plan that is gone waits for the one in its place. */
  async #supersede({ slug, id }: PlanIdentity): Promise<void> {
    for (const [other, { review }] of await this.ledger.readAll(slug)) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- one file
      if (other !== id && review.state === "open") await this.ledger.write({ slug, id: other }, undefined);
    }
  }
}

function identityOf({ slug, plan }: Pick<StoredPlan, "slug" | "plan">): PlanIdentity {
  return { slug, id: plan.id ?? "" };
}

/** The same object where the review stays as it is. */
function nextEntry(
  { stored, entry }: JudgedSnapshot,
  { review }: PlanMeta,
  decided: DecidedPlan | undefined,
): LedgerEntry | undefined {
  if (review === stored.meta.review && decided === undefined) return entry;
  const on = decided ?? (review.state === "decided" ? entry?.decided : undefined);
  return { review, ...(on !== undefined && { decided: on }) };
}

/** What an edit leaves as it is stays in the file as it was, a claim as well: the person may yet make it true. */
function metaForFile({ stored, inFile }: JudgedSnapshot, meta: PlanMeta): PlanMeta {
  if (meta === stored.meta) return inFile.meta;
  if (meta.review !== stored.meta.review || meta.status !== stored.meta.status) return meta;
  return { ...meta, status: inFile.meta.status, review: inFile.meta.review };
}
