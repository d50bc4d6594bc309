import { openWorkspace } from "../../src/workspace/open-workspace.ts";
import type { ToolContext } from "@opencode-ai/plugin/tool";
import { readOptions } from "../../src/config/options.ts";
import { placesOf } from "../../src/config/places.ts";
import { InstanceCatalog } from "../../src/fleet/instance-catalog.ts";
import { backgroundToolHooks } from "../../src/host/tools/background-tools.ts";
import type { OwnerAnswer } from "../../src/store/ask-owner.ts";
import type { OwnerRequest } from "../../src/store/request-files.ts";
import { toRecord, type InstanceRecord } from "../../src/store/record.ts";
import type { MemoryLimit } from "../../src/supervisor/admission.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import { createSupervisorRig } from "../supervisor/supervisor-rig.ts";
import { LastLooks } from "../../src/host/tools/last-looks.ts";
import { UnreadMessages } from "../../src/host/unread-messages.ts";
import { createFakeHost } from "./fake-client.ts";

/** The record of an instance, owned by a process of this number. */
export function recordOf(instance: Instance, ownerPid = 100): InstanceRecord {
  return toRecord(instance, {
    supervisor: { pid: ownerPid, startTime: "5000", bootId: "boot", token: "01TOKEN" },
    onExit: "kill",
    logPath: `/state/logs/${instance.instanceId}.log`,
  });
}

/** The tools as the plugin builds them, on a fake host, a fake backend and records in memory. */
export function createToolRig(
  maxConcurrentInstances = 8,
  rawOptions: Record<string, unknown> = {},
  memory?: MemoryLimit,
  bg = "/state/bg",
  endsWithTurn = false,
) {
  const places = placesOf(readOptions(rawOptions, {}).options);
  const slotsOf = (place: string) => places.find(({ name }) => name === place)?.slots ?? 0;
  const rig = createSupervisorRig(maxConcurrentInstances, memory, slotsOf);
  const { host, fake } = createFakeHost();
  /** Records that another opencode wrote. */
  const foreign = new Map<string, InstanceRecord>();
  /** What other opencodes are asked, and what they answer. */
  const owner = { asked: [] as [string, OwnerRequest][], answer: (): OwnerAnswer => ({ ok: true }) };
  /** The words of what is at a place elsewhere. */
  const elsewhere = { read: async (_place: string): Promise<string[] | undefined> => await Promise.resolve(undefined) };
  const { supervisor, store } = rig;
  const records = () => [...[...store.records.values()].map((instance) => recordOf(instance)), ...foreign.values()];
  const catalog = new InstanceCatalog({
    supervisor,
    records: {
      read: async (id) => records().find(({ instanceId }) => instanceId === id),
      list: async () => records(),
    },
    toRecord: (instance) => recordOf(instance),
    resultPath: (id) => `${bg}/${id}.result.md`,
    recovered: async () => undefined,
  });
  const unread = new UnreadMessages();
  const looks = new LastLooks();
  const tools = backgroundToolHooks({
    options: readOptions(rawOptions, {}).options,
    host,
    recordDir: bg,
    changeDir: `${bg}/../changes`,
    clock: rig.clock,
    looks,
    endsWithTurn,
    unread,
    desk: async () => await Promise.reject(new Error("Nothing is put before the user here.")),
    fleet: async () => ({
      supervisor,
      catalog,
      workspace: openWorkspace({
        ...readOptions(rawOptions, {}).options,
        worktreeDir: `${bg}/../worktrees`,
        recordDir: bg,
      }),
      sendMessage: async (id, prompt) => (supervisor.followUp(id, prompt) ? "accepted" : "foreign"),
      answer: async (id, { questionId, reply, by }) =>
        rig.supervisor.answer(id, questionId, reply, by) ?? { ok: false, why: "not held" },
      askOwner: async (id, request) => {
        owner.asked.push([id, request]);
        return owner.answer();
      },
      async readElsewhere(place) {
        const words = await elsewhere.read(place);
        return words && [{ messageId: "msg_1", words, ownMessages: [], finished: true }];
      },
      collecting: () => () => undefined,
      agentsOut: () => [],
      tellNow: async () => false,
      event: () => undefined,
      letFinish: async () => undefined,
      close: () => undefined,
    }),
  }).tool;
  /** Calls a tool as the host does: with whatever arguments the model wrote. */
  const call = async (tool: string, args: unknown = {}, given: Partial<ToolContext> = {}): Promise<ToolAnswer> => {
    const result = await tools[`bizar_${tool}`]!.execute(args as never, toolContext(given));
    const { title, output, metadata } = result as Omit<ToolAnswer, "value">;
    return { title, output, metadata, value: JSON.parse(output) as never };
  };
  /** What models are offered as a tool's arguments. */
  const args = (tool: string) => tools[`bizar_${tool}`]!.args as Record<string, unknown>;
  return { ...rig, unread, looks, call, args, catalog, fake, foreign, owner, elsewhere };
}

/** A tool's answer, and what its JSON says. */
export interface ToolAnswer {
  readonly title: string;
  readonly output: string;
  readonly metadata: Record<string, unknown>;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a model reads has no type
  readonly value: any;
}

export function toolContext(given: Partial<ToolContext> = {}): ToolContext {
  return {
    sessionID: "ses_parent",
    messageID: "msg_parent",
    agent: "odin",
    directory: "/project",
    worktree: "/",
    abort: new AbortController().signal,
    metadata() {},
    async ask() {},
    ...given,
  };
}
