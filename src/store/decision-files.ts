import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeDurably } from "../files/durable-file.ts";
import type { Ledger, LedgerEntry, PlanIdentity } from "../plans/ledger.ts";
import { SLUG } from "../plans/plan.ts";
import { decisionsFolder } from "./state-paths.ts";
import { codeOf, isCodeOf, makeUserKey, readUserKey } from "./user-key.ts";

/** So many plans that have lain in one place, one after the other, are remembered. */
const MOST_PLANS_A_SLUG = 10;

/** The entries of the plans that have lain in one place, the latest last. */
type Entries = ReadonlyMap<string, LedgerEntry>;

const NONE: Entries = new Map();

/** What is in a file, as the store has written it. */
interface Content {
  /** Where the plans lie: an entry that is carried elsewhere is none. */
  readonly folder: string;
  readonly slug: string;
  readonly plans: readonly { readonly id: string; readonly entry: LedgerEntry }[];
}

/**
 * The ledger of a project's plans in the state folder, a file a slug, each with a code that takes the key of this user to
 * make. Who writes has the lock of the plans.
 */
export class DecisionFiles implements Ledger {
  readonly #root: string;
  readonly #plansFolder: string;
  /** What was read last, by path: reading goes on at every call of a tool while a gate is closed. */
  readonly #read = new Map<string, { readonly stamp: string; readonly entries: Entries }>();

  /** @param plansFolder the absolute path of `plans`, which may be reached through links */
  constructor(stateDir: string, plansFolder: string) {
    this.#root = decisionsFolder(stateDir);
    this.#plansFolder = plansFolder;
  }

  async read({ slug, id }: PlanIdentity): Promise<LedgerEntry | undefined> {
    return (await this.readAll(slug)).get(id);
  }

  async readAll(slug: string): Promise<Entries> {
    const place = await this.#place(slug);
    if (place === undefined) return NONE;
    const found = await stat(place.path).catch(() => undefined);
    const key = await readUserKey(this.#root);
    if (found === undefined || key === undefined) return NONE;
    const stamp = `${found.ino} ${found.mtimeMs} ${found.size} ${digest(key)}`;
    const known = this.#read.get(place.path);
    if (known?.stamp === stamp) return known.entries;
    const content = readContent(await readFile(place.path, "utf8").catch(() => ""), key);
    const isOurs = content?.folder === place.folder && content.slug === slug;
    const entries: Entries = isOurs ? new Map(content.plans.map(({ id, entry }) => [id, entry])) : NONE;
    this.#read.set(place.path, { stamp, entries });
    return entries;
  }

  async write({ slug, id }: PlanIdentity, entry: LedgerEntry | undefined): Promise<void> {
    const place = await this.#place(slug);
    if (place === undefined) throw new Error(`Expected a plan's slug, not ${JSON.stringify(slug)}.`);
    const others = [...(await this.readAll(slug))].filter(([other]) => other !== id);
    const next = entry === undefined ? others : [...others, [id, entry] as const];
    const plans = next.slice(-MOST_PLANS_A_SLUG).map(([each, value]) => ({ id: each, entry: value }));
    await mkdir(dirname(place.path), { recursive: true, mode: 0o700 });
    const key = await makeUserKey(this.#root);
    const content: Content = { folder: place.folder, slug, plans };
    await writeDurably(place.path, `${JSON.stringify({ content, code: codeOf(content, key) })}\n`);
    // The file may have the time and size of the one before.
    this.#read.delete(place.path);
  }

  async remove(slug: string): Promise<void> {
    const place = await this.#place(slug);
    if (place === undefined) return;
    await rm(place.path, { force: true });
    this.#read.delete(place.path);
  }

  async slugs(): Promise<readonly string[]> {
    const names = await readdir(this.#folderOf(await this.#realFolder())).catch(() => []);
    return names
      .flatMap((name) => (name.endsWith(".json") ? basename(name, ".json") : []))
      .filter((each) => SLUG.test(each));
  }

  /** @returns `undefined` where the slug is none: no path is made of it */
  async #place(slug: string): Promise<{ readonly folder: string; readonly path: string } | undefined> {
    if (!SLUG.test(slug)) return undefined;
    const folder = await this.#realFolder();
    return { folder, path: join(this.#folderOf(folder), `${slug}.json`) };
  }

  /** `plans` itself may be gone, or a link, which the store refuses. */
  async #realFolder(): Promise<string> {
    const above = dirname(this.#plansFolder);
    return join(await realpath(above).catch(() => above), basename(this.#plansFolder));
  }

  #folderOf(realFolder: string): string {
    return join(this.#root, digest(realFolder));
  }
}

function digest(value: string | Uint8Array): string {
  return createHash("sha256").update(value).digest("hex").slice(0, 32);
}

/** `undefined` where it is not what the store has written. */
function readContent(text: string, key: Uint8Array): Content | undefined {
  try {
    const { content, code } = JSON.parse(text) as { content: Content; code: unknown };
    return isCodeOf(content, code, key) ? content : undefined;
  } catch {
    // Half a file, or none of ours: nobody has decided anything there.
    return undefined;
  }
}
