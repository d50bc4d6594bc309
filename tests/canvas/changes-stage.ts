import { join } from "node:path";
import { expect, onTestFinished } from "bun:test";
import { CANVAS_TARGET } from "../../scripts/build/build-canvas.ts";
import type { CanvasPlans } from "../../src/canvas/canvas-plans.ts";
import { startCanvasServer } from "../../src/canvas/server/canvas-server.ts";
import { ChangesDesk } from "../../src/host/reviews/changes-desk.ts";
import type { CatalogEntry } from "../../src/fleet/instance-catalog.ts";
import type { InstanceRecord } from "../../src/store/record.ts";
import { finishTurn, ownFolderOf } from "../../src/workspace/own-folders.ts";
import { Workspace } from "../../src/workspace/workspace.ts";
import { gitRig, value, type AgentRig, type GitRig } from "../workspace/git-rig.ts";
import { MemoryPlans } from "./memory-plans.ts";

const ROOT = join(import.meta.dir, "../..");

/** An agent whose changes a page shows. */
export interface StagedAgent extends AgentRig {
  /** It is at work again, or has ended. */
  atWork(isAtWork: boolean): Promise<void>;
}

/** Agents with folders of their own, without opencode: the test does what they do. */
export class ChangesStage {
  readonly git: GitRig = gitRig();
  readonly workspace = new Workspace(this.git.parts);
  /** What was said to agents. */
  readonly sent: { readonly instanceId: string; readonly prompt: string }[] = [];
  readonly #records = new Map<string, InstanceRecord>();
  readonly desk: ChangesDesk;

  constructor() {
    const find = async (id: string) => {
      const record = this.#records.get(id);
      return record === undefined ? undefined : ({ record } as CatalogEntry);
    };
    this.desk = new ChangesDesk(
      async () => ({
        workspace: this.workspace,
        catalog: {
          find,
          list: async () => [...this.#records.values()].map((record) => ({ record }) as CatalogEntry),
        } as never,
        sendMessage: async (instanceId, prompt) => {
          this.sent.push({ instanceId, prompt });
          await this.#change(instanceId, { endedAt: null, status: "running", activity: "thinking" });
          return "accepted";
        },
        askOwner: async () => ({ ok: true }),
      }),
      join(this.git.project, "plans"),
    );
  }

  /** An agent that has ended. */
  async agent(title: string, prompt = title): Promise<StagedAgent> {
    const rig = await this.git.agent(title);
    const { instanceId, state } = rig;
    const fields = { instanceId, agent: "thor", title, prompt, status: "done", activity: "", followUps: [] };
    const ended = { endedAt: "2026-01-01T00:00:00.000Z", folder: ownFolderOf(state), supervisor: { pid: 1 } };
    this.#records.set(instanceId, { ...fields, ...ended } as unknown as InstanceRecord);
    return {
      ...rig,
      atWork: async (isAtWork) => {
        if (!isAtWork) value(await finishTurn(this.git.parts, instanceId));
        const now = isAtWork
          ? { endedAt: null, status: "running", activity: "writing" }
          : { endedAt: "2026-01-01T00:00:00.000Z", status: "done" };
        await this.#change(instanceId, now);
      },
    };
  }

  async #change(instanceId: string, change: object): Promise<void> {
    const record = this.#records.get(instanceId);
    if (record !== undefined) this.#records.set(instanceId, { ...record, ...change });
  }

  /** The pages, until the test is over. */
  async serve(plans: CanvasPlans = new MemoryPlans("x")) {
    const server = await startCanvasServer({
      ...{ plans, changes: this.desk, assetsFolder: join(ROOT, CANVAS_TARGET) },
      report: (message) => expect.unreachable(message),
    });
    onTestFinished(() => server.close());
    return server;
  }
}
