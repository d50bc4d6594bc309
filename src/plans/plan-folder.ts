import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../files/durable-file.ts";
import { identifyFolder } from "../files/folder-identity.ts";
import { SLUG, type Plan, type PlanMeta } from "./plan.ts";
import { parseMetaText, parsePlanText, writeMetaText, writePlanText, type ReadPlan } from "./plan-file-text.ts";
import { LIMITS } from "./plan-limits.ts";
import { isCode } from "../lib/is-code.ts";
import { problem } from "./plan-problems.ts";
import type { Result, StoredPlan } from "./plan-store-port.ts";
import { repairMeta } from "./repair-meta.ts";

/** A plan with the files that it was read from. */
export interface Snapshot {
  readonly stored: StoredPlan;
  readonly planText: string;
  /** `null`: there is none. */
  readonly metaText: string | null;
  /** Nobody has changed `plan.json` since a store wrote it. */
  readonly isAsWritten: boolean;
  /** Which folder it was in, as {@link identifyFolder} tells it: a plan that is deleted and made again is another one. */
  readonly folder: string | undefined;
}

/**
 * Plans belong to the user's project, and to its repository if the user likes: folders and files have the modes that the
 * umask gives to any other there.
 */
const FILE_MODE = 0o666;

/** Of so many plans it is remembered what was read last. */
const MOST_REMEMBERED = 4;

/** What a repository of the project should not hold: the lock, temporary files, and what is being deleted. */
const GIT_IGNORE = "/.lock*\n/.deleted-*\n*.json.*\nplan.md.*\n";

/** The files of all plans of a project. Errors of the system are thrown; links are never followed. */
export class PlanFolder {
  /** Files are read at every look, and nearly always they are as they were: to make a large plan of one takes long. */
  readonly #read = new Map<string, { readonly text: string; readonly value: ReadPlan }>();

  /** @param path absolute, of `plans` */
  constructor(readonly path: string) {}

  get lockPath(): string {
    return join(this.path, ".lock");
  }

  planFolder(slug: string): string {
    return join(this.path, slug);
  }

  /** The slugs of all that may be plans, sorted. */
  async slugs(): Promise<Result<readonly string[]>> {
    const folder = await checkFolder(this.path);
    if (!folder.ok) return folder.problem.reason === "not_found" ? { ok: true, value: [] } : folder;
    const entries = await readdir(this.path, { withFileTypes: true });
    const plans = entries.filter((entry) => SLUG.test(entry.name) && (entry.isDirectory() || entry.isSymbolicLink()));
    return { ok: true, value: plans.map((entry) => entry.name).toSorted() };
  }

  /** Makes `plans`, where it is not there yet. */
  async make(): Promise<Result<null>> {
    const folder = await checkFolder(this.path);
    if (folder.ok || folder.problem.reason !== "not_found") return folder;
    await mkdir(this.path, { recursive: true });
    await writeFile(join(this.path, ".gitignore"), GIT_IGNORE, { flag: "wx" }).catch((error: unknown) => {
      // Another process was faster, or the user has one.
      if (!isCode(error, "EEXIST")) throw error;
    });
    return await checkFolder(this.path);
  }

  /** That the slug is one and its folder, if there is one, a folder. */
  async check(slug: string): Promise<Result<null>> {
    if (!SLUG.test(slug)) {
      return problem(
        "bad_slug",
        `Expected a slug of up to 64 lower-case letters, digits and hyphens that starts with a letter or digit, got ${JSON.stringify(slug.slice(0, 100))}.`,
      );
    }
    const folder = await checkFolder(this.path);
    if (!folder.ok) return folder.problem.reason === "not_found" ? noPlan(slug) : folder;
    const plan = await checkFolder(this.planFolder(slug));
    if (!plan.ok && plan.problem.reason === "not_found") return noPlan(slug);
    return plan;
  }

  async read(slug: string): Promise<Result<Snapshot>> {
    const checked = await this.check(slug);
    if (!checked.ok) return checked;
    const folder = await identifyFolder(this.planFolder(slug));
    const planPath = join(this.planFolder(slug), "plan.json");
    const planText = await readRegular(planPath);
    if (!planText.ok) return planText;
    if (planText.value === null) return noPlan(slug);
    const parsed = await this.#parse(slug, planPath, planText.value);
    if (!parsed.ok) return parsed;
    const { plan, isAsWritten, cut } = parsed.value;
    const metaPath = join(this.planFolder(slug), "meta.json");
    const metaText = await readRegular(metaPath);
    if (!metaText.ok) return metaText;
    const meta: Result<PlanMeta> =
      metaText.value === null
        ? { ok: true, value: repairMeta({}, plan) }
        : await parseMetaText(metaPath, metaText.value, plan);
    if (!meta.ok) return meta;
    const stored = { slug, plan, meta: meta.value, ...(cut === undefined ? {} : { cut }) };
    return { ok: true, value: { stored, planText: planText.value, metaText: metaText.value, isAsWritten, folder } };
  }

  /** The very object for the same text. */
  async #parse(slug: string, path: string, text: string): Promise<Result<ReadPlan>> {
    const known = this.#read.get(slug);
    if (known?.text === text) return { ok: true, value: known.value };
    const parsed = await parsePlanText(path, text);
    this.#read.delete(slug);
    if (!parsed.ok) return parsed;
    this.#read.set(slug, { text, value: parsed.value });
    const [oldest] = this.#read.keys();
    if (this.#read.size > MOST_REMEMBERED && oldest !== undefined) this.#read.delete(oldest);
    return parsed;
  }

  /**
   * Writes what is another object than before: the plan first, since without it the meta means nothing. What an edit
   * changes of the meta can be read from the plan: where only that could not be written, nothing is lost. The lock is held.
   *
   * @param before what was read under the same lock
   */
  async write(before: Snapshot, plan: Plan, meta: PlanMeta): Promise<Result<StoredPlan>> {
    const { slug, plan: planBefore } = before.stored;
    const folder = this.planFolder(slug);
    if (plan !== planBefore) {
      if (before.stored.cut !== undefined) return cutShort(join(folder, "plan.json"), before.stored.cut);
      const text = writePlanText(plan);
      if (Buffer.byteLength(text) > LIMITS.fileBytes) return tooLarge(join(folder, "plan.json"));
      await writeDurably(join(folder, "plan.json"), text, undefined, FILE_MODE);
    }
    if (meta !== before.stored.meta) {
      try {
        await writeDurably(join(folder, "meta.json"), writeMetaText(meta), undefined, FILE_MODE);
      } catch (error) {
        if (plan === planBefore) throw error;
        // The edit is done: whoever reads the plan now sees it.
        return { ok: true, value: { slug, plan, meta: repairMeta(before.stored.meta, plan) } };
      }
    }
    return { ok: true, value: { slug, plan, meta } };
  }

  /** Makes a plan's folder and files; with `plan.json`, which comes last, there is a plan. The lock is held. */
  async create(slug: string, plan: Plan, meta: PlanMeta): Promise<Result<StoredPlan>> {
    const folder = this.planFolder(slug);
    await mkdir(folder, { recursive: true });
    const checked = await this.check(slug);
    if (!checked.ok) return checked;
    const metaPath = join(folder, "meta.json");
    if (await isThere(metaPath)) {
      return problem("exists", `${metaPath} is there, but no plan beside it. Move it away, or choose another slug.`);
    }
    await writeDurably(metaPath, writeMetaText(meta), undefined, FILE_MODE);
    try {
      await writeDurably(join(folder, "plan.json"), writePlanText(plan), undefined, FILE_MODE);
    } catch (error) {
      await rm(metaPath, { force: true }).catch(() => undefined);
      throw error;
    }
    return { ok: true, value: { slug, plan, meta } };
  }

  /** The plan is gone at once; its files follow. The lock is held. */
  async remove(slug: string): Promise<Result<null>> {
    const checked = await this.check(slug);
    if (!checked.ok) return checked;
    // A folder of the user's own that happens to lie there is no plan.
    const planFile = await lstat(join(this.planFolder(slug), "plan.json")).catch(() => undefined);
    if (planFile === undefined) return noPlan(slug);
    const aside = join(this.path, `.deleted-${slug}-${Math.floor(Math.random() * 2 ** 32)}`);
    await rename(this.planFolder(slug), aside);
    await rm(aside, { recursive: true, force: true });
    return { ok: true, value: null };
  }
}

/** What is not read would be gone if the rest were written. */
export function cutShort(path: string, cut: string): ReturnType<typeof problem> {
  return problem("broken", `${path} holds more than a plan can, and stays as it is. ${cut} Take something out of it.`);
}

export function tooLarge(path: string): ReturnType<typeof problem> {
  return problem("broken", `${path} would be or is larger than ${LIMITS.fileBytes} bytes, which is more than is read.`);
}

function noPlan(slug: string): ReturnType<typeof problem> {
  return problem("not_found", `There is no plan "${slug}".`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

async function checkFolder(path: string): Promise<Result<null>> {
  try {
    const status = await lstat(path);
    if (status.isSymbolicLink())
      return problem("link", `${path} is a link, which is not followed. Put a folder there.`);
    if (!status.isDirectory()) return problem("broken", `${path} is no folder. Move it away.`);
    return { ok: true, value: null };
  } catch (error) {
    if (isCode(error, "ENOENT")) return problem("not_found", `There is no ${path}.`);
    throw error;
  }
}

/** The text of a file, `null` where there is none. What is no file, or too large, is not read. */
export async function readRegular(path: string): Promise<Result<string | null>> {
  let handle;
  try {
    // Without O_NONBLOCK, opening a pipe waits for its other end.
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isCode(error, "ENOENT")) return { ok: true, value: null };
    if (isCode(error, "ELOOP")) return problem("link", `${path} is a link, which is not followed. Put a file there.`);
    throw error;
  }
  try {
    const status = await handle.stat();
    if (!status.isFile()) return problem("broken", `${path} is no file. Move it away.`);
    if (status.size > LIMITS.fileBytes) return tooLarge(path);
    return { ok: true, value: await handle.readFile("utf8") };
  } finally {
    await handle.close();
  }
}
