import { join } from "node:path";
import { watchNames } from "../files/watch-names.ts";
import { parsePlanText } from "../plans/plan-file-text.ts";
import { readRegular } from "../plans/plan-folder.ts";
import { SLUG } from "../plans/plan.ts";
import { planKey, type PlanPlace, type TasksDone } from "./tasks-done.ts";

/** One write is several events: what is told within this time is read once. */
const TOGETHER_MS = 50;

/** Follows the plans that agents work from, by the events of their folders: each is read when it has changed. */
export class PlanProgress {
  readonly #watched = new Map<string, { close(): void }>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #known = new Map<string, TasksDone>();

  /** @param show is handed what is known, by {@link planKey} */
  constructor(private readonly show: (known: ReadonlyMap<string, TasksDone>) => void) {}

  /** Follows these plans, and no others any more. */
  follow(places: readonly PlanPlace[]): void {
    const wanted = new Set(places.filter(({ slug }) => SLUG.test(slug)).map(planKey));
    for (const [path, watcher] of this.#watched) {
      if (wanted.has(path)) continue;
      watcher.close();
      this.#watched.delete(path);
      this.#known.delete(path);
    }
    for (const path of wanted) {
      if (this.#watched.has(path)) continue;
      this.#watched.set(
        path,
        watchNames(
          path,
          () => this.#changed(path),
          () => undefined,
        ),
      );
      void this.#read(path);
    }
  }

  close(): void {
    this.follow([]);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #changed(path: string): void {
    if (this.#timers.has(path)) return;
    const read = () => {
      this.#timers.delete(path);
      void this.#read(path);
    };
    this.#timers.set(path, setTimeout(read, TOGETHER_MS));
  }

  async #read(path: string): Promise<void> {
    const done = await tasksDone(path).catch(() => undefined);
    if (!this.#watched.has(path)) return;
    if (done === undefined) this.#known.delete(path);
    else this.#known.set(path, done);
    this.show(new Map(this.#known));
  }
}

/** `undefined`: there is no plan that can be read, or it has no tasks. */
async function tasksDone(folder: string): Promise<TasksDone | undefined> {
  const path = join(folder, "plan.json");
  const text = await readRegular(path);
  if (!text.ok || text.value === null) return undefined;
  const read = await parsePlanText(path, text.value);
  if (!read.ok) return undefined;
  const { title, elements } = read.value.plan;
  const tasks = elements.flatMap((element) => (element.type === "task" ? [element] : []));
  if (tasks.length === 0) return undefined;
  return { title, done: tasks.filter(({ done }) => done === true).length, tasks: tasks.length };
}
