import { existsSync } from "node:fs";
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
  #wanted: ReadonlySet<string> = new Set();
  readonly #watchers = new Map<string, { close(): void }>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #known = new Map<string, TasksDone>();

  /** @param show is handed what is known, by {@link planKey} */
  constructor(private readonly show: (known: ReadonlyMap<string, TasksDone>) => void) {}

  /** Follows these plans, and no others any more. One that cannot be watched is read each time that it is named. */
  follow(places: readonly PlanPlace[]): void {
    this.#wanted = new Set(places.filter(({ slug }) => SLUG.test(slug)).map(planKey));
    for (const path of this.#watchers.keys()) if (!this.#wanted.has(path)) this.#unwatch(path);
    for (const path of this.#known.keys()) if (!this.#wanted.has(path)) this.#known.delete(path);
    for (const path of this.#wanted) {
      if (this.#watchers.has(path)) continue;
      this.#watch(path);
      void this.#read(path);
    }
  }

  close(): void {
    this.follow([]);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #watch(path: string): void {
    let hasFailed = false;
    const failed = () => {
      hasFailed = true;
      this.#watchers.delete(path);
    };
    const watcher = watchNames(path, () => this.#changed(path), failed);
    if (!hasFailed) this.#watchers.set(path, watcher);
  }

  #unwatch(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
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
    const done = await tasksDone(path).catch(() => null);
    if (!this.#wanted.has(path)) return;
    // Of a folder that was removed there are no events, also where there is one again.
    if (done === "gone") this.#unwatch(path);
    if (done === null || done === "gone") this.#known.delete(path);
    else this.#known.set(path, done);
    this.show(new Map(this.#known));
  }
}

/** `null`: the plan cannot be read, or has no tasks. */
async function tasksDone(folder: string): Promise<TasksDone | "gone" | null> {
  const path = join(folder, "plan.json");
  const text = await readRegular(path);
  if (!text.ok) return null;
  if (text.value === null) return existsSync(folder) ? null : "gone";
  const read = await parsePlanText(path, text.value);
  if (!read.ok) return null;
  const { title, elements } = read.value.plan;
  const tasks = elements.flatMap((element) => (element.type === "task" ? [element] : []));
  if (tasks.length === 0) return null;
  return { title, done: tasks.filter(({ done }) => done === true).length, tasks: tasks.length };
}
