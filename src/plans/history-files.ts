import { join } from "node:path";
import { writeQuickly } from "../files/durable-file.ts";
import type { Author, Plan } from "./plan.ts";
import { readHistory, withRevisions, type PlanHistory } from "./plan-history.ts";
import { readRegular, type PlanFolder } from "./plan-folder.ts";
import type { Result } from "./plan-store-port.ts";

/** What a write has made of a plan. */
export interface Step {
  readonly plan: Plan;
  readonly by: Author | null;
  /** ISO 8601. */
  readonly at: string;
}

/** The histories of plans, each in a file beside its plan. Its name is one that a plan's repository does not hold. */
export class HistoryFiles {
  constructor(private readonly files: PlanFolder) {}

  async read(slug: string): Promise<Result<PlanHistory>> {
    const checked = await this.files.check(slug);
    if (!checked.ok) return checked;
    const text = await readRegular(this.#path(slug));
    if (!text.ok) return text;
    return { ok: true, value: text.value === null ? [] : readHistory(text.value) };
  }

  /** Adds what was done. The lock is held. */
  async add(slug: string, steps: readonly Step[]): Promise<void> {
    const before = await readRegular(this.#path(slug));
    if (!before.ok) return;
    const revisions = steps.map(({ plan: { revision, title, elements, connections }, by, at }) => {
      return { revision, at, by, title, elements, connections };
    });
    const text = withRevisions(before.value, revisions);
    if (text !== null) await writeQuickly(this.#path(slug), text);
  }

  #path(slug: string): string {
    return join(this.files.planFolder(slug), "plan.json.history");
  }
}
