import { sep } from "node:path";
import type { CanvasChanges, ChangesResult } from "../../canvas/canvas-changes.ts";
import type { ChangesDecision, DecisionAnswer, OtherAgent, ReviewedChanges, Round } from "../../canvas/changes-api.ts";
import { readRound } from "../../canvas/server/changes-requests.ts";
import { giveMessage } from "../../fleet/give-message.ts";
import type { CatalogEntry } from "../../fleet/instance-catalog.ts";
import { cutPatch } from "./cut-patch.ts";
import { sendBackText } from "./send-back-text.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { namesPlan } from "../../plans/named-plans.ts";
import { plainName } from "../../text/plain-name.ts";
import { actOnChanges } from "../../workspace/act-on-changes.ts";
import type { ChangedFile } from "../../workspace/changed-files.ts";
import type { FolderState } from "../../workspace/folder-state.ts";
import type { Failure } from "../../workspace/result.ts";

type Supervised = Pick<Fleet, "catalog" | "workspace" | "sendMessage" | "askOwner">;

/** The other agents' folders are looked at so often. */
const OTHERS_MS = 10_000;
/** Of each agent, so many versions can still be read: a page that is slow asks for the one that it shows. */
const MOST_VERSIONS = 100;
const NOTHING: Round = { comments: [], viewed: {} };

/** A version that a page was shown. */
interface Shown {
  readonly state: FolderState;
  readonly from: string;
  readonly to: string;
  readonly files: readonly ChangedFile[];
}

/** What the page of agents' changes is made of, and what it has done. */
export class ChangesDesk implements CanvasChanges {
  readonly #shown = new NewestMap<Shown>(MOST_VERSIONS);
  readonly #others = new NewestMap<{ readonly at: number; readonly byPath: ReadonlyMap<string, OtherAgent[]> }>(20);

  /**
   * @param plansFolder absolute: whose plans they are that agents work from
   * @param now milliseconds since some moment
   */
  constructor(
    private readonly fleet: () => Promise<Supervised>,
    private readonly plansFolder: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async look(instanceId: string): Promise<ChangesResult<ReviewedChanges>> {
    const supervised = await this.fleet();
    const entry = await supervised.catalog.find(instanceId);
    if (entry === undefined) return gone("There is no such agent any more.");
    if (entry.record.folder === null) {
      return refused("This agent works in the shared folder: what it has changed is there already.");
    }
    const found = await supervised.workspace.look(instanceId);
    if (!found.ok) return failed(found);
    if (found.value === null) return gone("The agent's folder is gone.");
    const { state, changes } = found.value;
    const files = state.status === "open" ? await supervised.workspace.reviews.files(state) : undefined;
    if (files?.ok === false) return failed(files);
    const list = files?.value ?? [];
    const [from, to] = [state.baseTree, state.resultTree ?? state.baseTree];
    const version = `${from}-${to}`;
    this.#shown.set(`${instanceId} ${version}`, { state, from, to, files: list });
    const applies = changes?.applies;
    const conflicts = new Set(typeof applies === "object" ? applies : []);
    const others = list.length === 0 ? new Map<string, OtherAgent[]>() : await this.#othersOf(supervised, state);
    const paths = new Set(list.flatMap(({ path, oldPath }) => (oldPath === undefined ? path : [path, oldPath])));
    return {
      ok: true,
      value: {
        instanceId,
        ...shownAgent(entry),
        state: state.status,
        base: state.baseWords,
        version,
        files: list.map((file) => ({
          ...file,
          conflicts: conflicts.has(file.path) || (file.oldPath !== undefined && conflicts.has(file.oldPath)),
          others: others.get(file.path) ?? [],
        })),
        trouble: [...conflicts].filter((path) => !paths.has(path)),
        leftOut: state.leftOut,
        branch: state.branch,
        isAwaited: state.review !== undefined && state.review.decision === null,
      },
    };
  }

  async patch(instanceId: string, version: string, path: string): ReturnType<CanvasChanges["patch"]> {
    const shown = this.#shown.get(`${instanceId} ${version}`);
    const file = shown?.files.find((one) => one.path === path);
    if (shown === undefined || file === undefined)
      return gone("This version is not known any more. Load the page anew.");
    const patch = await (await this.fleet()).workspace.reviews.patch(shown.state, shown, file);
    return patch.ok ? { ok: true, value: cutPatch(patch.value) } : failed(patch);
  }

  async readRound(instanceId: string): Promise<Round> {
    const kept = readRound(await (await this.fleet()).workspace.reviews.readRound(instanceId));
    return kept.ok ? kept.value : NOTHING;
  }

  async writeRound(instanceId: string, round: Round): Promise<ChangesResult<null>> {
    const written = await (await this.fleet()).workspace.reviews.writeRound(instanceId, round);
    return written.ok ? { ok: true, value: null } : failed(written);
  }

  async decide(instanceId: string, decision: ChangesDecision): Promise<ChangesResult<DecisionAnswer>> {
    const supervised = await this.fleet();
    const entry = await supervised.catalog.find(instanceId);
    if (entry === undefined) return gone("There is no such agent any more.");
    if (decision.decision === "send_back") return await this.#sendBack(supervised, entry, decision);
    const seen = this.#shown.get(`${instanceId} ${decision.version}`)?.to ?? decision.version;
    const { note } = decision;
    const acted = await actOnChanges(supervised.workspace, entry.record, decision.decision, { seen, note });
    return acted.ok ? { ok: true, value: { words: acted.value.words } } : refused(acted.error);
  }

  async ofPlan(slug: string): Promise<readonly ReviewedChanges[]> {
    const { catalog } = await this.fleet();
    const own = (await catalog.list()).filter(
      ({ record: { folder } }) => folder !== null && this.plansFolder.startsWith(`${folder.original}${sep}`),
    );
    const found: ReviewedChanges[] = [];
    for (const { record } of own) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- few, and each looks into the same repository
      const entry = await catalog.find(record.instanceId);
      if (entry === undefined || !namesPlan(entry.record.prompt, new Set([slug]))) continue;
      // oxlint-disable-next-line eslint/no-await-in-loop
      const looked = await this.look(record.instanceId);
      if (looked.ok && (looked.value.files.length > 0 || looked.value.isAtWork)) found.push(looked.value);
    }
    return found;
  }

  async #sendBack(
    supervised: Supervised,
    { record }: CatalogEntry,
    { comments, note }: ChangesDecision,
  ): Promise<ChangesResult<DecisionAnswer>> {
    if (comments.length === 0 && (note?.trim() ?? "") === "") {
      return refused("There is nothing to send back: comment on a line, or write a note.");
    }
    const given = await giveMessage(supervised, record, sendBackText(comments, note));
    if (!given.ok) return refused(given.error);
    const { reviews } = supervised.workspace;
    const decided = await reviews.decide(record.instanceId, {
      ...{ decision: "sent_back", note, comments: comments.length },
    });
    if (!decided.ok) return failed(decided);
    const what = comments.length === 1 ? "1 comment" : `${comments.length} comments`;
    return { ok: true, value: { words: `Sent back to ${plainName(record.agent)} with ${what}.` } };
  }

  async #othersOf({ catalog, workspace }: Supervised, state: FolderState): Promise<ReadonlyMap<string, OtherAgent[]>> {
    const known = this.#others.get(state.instanceId);
    if (known !== undefined && this.now() - known.at < OTHERS_MS) return known.byPath;
    const byPath = new Map<string, OtherAgent[]>();
    for (const [id, paths] of await workspace.reviews.others(state)) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- few
      const entry = await catalog.find(id);
      const { agent, title } = entry === undefined ? { agent: "an agent", title: "" } : shownAgent(entry);
      for (const path of paths) byPath.set(path, [...(byPath.get(path) ?? []), { instanceId: id, agent, title }]);
    }
    this.#others.set(state.instanceId, { at: this.now(), byPath });
    return byPath;
  }
}

function shownAgent({
  record,
}: CatalogEntry): Pick<ReviewedChanges, "agent" | "title" | "status" | "activity" | "isAtWork"> {
  const { agent, title, status, activity, endedAt, followUps } = record;
  const isAtWork = endedAt === null || followUps.length > 0;
  return { agent: plainName(agent), title, status, activity: endedAt === null ? activity : "", isAtWork };
}

function gone(error: string): { readonly ok: false; readonly reason: "gone"; readonly error: string } {
  return { ok: false, reason: "gone", error };
}

function refused(error: string): { readonly ok: false; readonly reason: "refused"; readonly error: string } {
  return { ok: false, reason: "refused", error };
}

function failed({ error }: Failure): { readonly ok: false; readonly reason: "failed"; readonly error: string } {
  return { ok: false, reason: "failed", error };
}
