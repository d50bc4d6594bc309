import type { Hold } from "../plans/plan-store-port.ts";
import type { PlansContext, PlanSide } from "./plans.ts";

/** The plans of one plugin instance, loaded at their first use: opencode's start waits for what is loaded before. */
export class LazyPlans {
  #loading: Promise<PlanSide> | undefined;
  #loaded: PlanSide | undefined;
  #isClosed = false;

  constructor(private readonly context: PlansContext) {}

  /** What is loaded by now. */
  get loaded(): PlanSide | undefined {
    return this.#loaded;
  }

  readonly desk = async (): Promise<PlanSide> => await (this.#loading ??= this.#load());

  /**
   * The reviews for which nothing is to be written now.
   *
   * @param known settles when the reviews that earlier processes left open are known
   */
  async holds(known: () => Promise<void>): Promise<readonly Hold[]> {
    await known();
    const { plans, reviews } = await this.desk();
    return await plans.holds(reviews.slugs);
  }

  close(): void {
    this.#isClosed = true;
    this.#loaded?.close();
  }

  async #load(): Promise<PlanSide> {
    const { startPlans } = await import("./plans.ts");
    this.#loaded = startPlans(this.context);
    // dispose may have come while the files were read.
    if (this.#isClosed) this.#loaded.close();
    return this.#loaded;
  }
}
