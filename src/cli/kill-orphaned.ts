import { systemClock } from "../lib/system-clock.ts";
import { endTree } from "../processes/end-tree.ts";
import { orphanedTree } from "../processes/orphaned-tree.ts";
import { FileInstanceStore } from "../store/file-instance-store.ts";
import { thisMachine } from "../store/machine.ts";
import { OrphanedRecords } from "../store/orphaned-records.ts";
import type { LostInstance } from "../supervisor/recovery.ts";
import { transition } from "../supervisor/transition.ts";
import { CommandError, type CommandContext } from "./command.ts";
import type { InstanceRecord, ListedRecord } from "../store/record.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { systemProcessTable, type ProcessTable } from "../processes/process-table.ts";

/**
 * Ends what is left of an agent whose opencode is gone, and settles its record as `killed`, with the same claim by which
 * hosts decide who settles it.
 *
 * @returns the status; `undefined` when its opencode may live, or somebody else is settling it
 * @throws CommandError when that would end other agents as well, or nobody can see what is left
 */
export async function killOrphaned(
  context: CommandContext,
  instanceId: string,
  table: ProcessTable = systemProcessTable(),
): Promise<string | undefined> {
  // A person has decided: one look is enough at an owner elsewhere whose record has been silent for long.
  const machine = { ...thisMachine, bootedAt: thisMachine.now };
  const lost = new OrphanedRecords(context.records, context.paths, context.identity, machine);
  const claimed = await lost.claim(instanceId);
  if (claimed === undefined) return undefined;
  try {
    await endLeftTree(context, instanceId, table);
    return await settleAsKilled(context, claimed);
  } finally {
    await lost.release(instanceId);
  }
}

/**
 * Ends every process of an agent that nobody looks after.
 *
 * @throws CommandError when that would end other agents as well, or nobody can see what is left
 */
export async function endLeftTree(
  { records, identity, options, warn }: CommandContext,
  instanceId: string,
  table: ProcessTable = systemProcessTable(),
): Promise<void> {
  const record = await records.read(instanceId);
  if (record !== undefined) refuseForOthers(record, await records.list(), table);
  if (record?.on !== undefined && record.backend === "warm") {
    throw new CommandError(
      `${instanceId} was not ended: its opencode is gone, and it may go on in the server ${record.on}. Start an opencode in ` +
        `${record.directory}, send the agent a message there, and kill it then.`,
    );
  }
  // A pid means nothing outside of its boot and namespace: there the marker alone tells.
  const isHere = record?.supervisor.bootId === identity.bootId;
  const process = isHere ? (record.process ?? undefined) : undefined;
  const isWarm = record?.backend === "warm";
  const tree = orphanedTree({ instanceId, process, isWarm, ownerPid: record?.supervisor.pid ?? 0 }, table);
  const { survivors, unseen } = await endTree(tree, options.killGraceMs, table);
  if (unseen !== undefined) {
    throw new CommandError(`Whether ${instanceId} has ended cannot be seen, and its record stays as it is. ${unseen}`);
  }
  for (const { pid, command } of survivors) warn(`could not be ended: ${command} (pid ${pid})`);
}

async function settleAsKilled(
  { paths, identity }: CommandContext,
  { instance, ownerPid, onExit }: LostInstance,
): Promise<string> {
  // As in recovery: the session that asked finds a note, and turns that waited behind this one are off.
  const announce = instance.announce === "wake" ? "note" : instance.announce;
  const error = `Killed from the command line; the opencode that ran it (process ${ownerPid}) was gone.`;
  const { instance: settled } = transition(
    { ...instance, announce, followUps: [] },
    {
      type: "ended",
      at: Date.now(),
      outcome: { status: "killed", reason: "killed", error },
      exitCode: null,
      signal: null,
      resultPreview: null,
    },
  );
  // Not tried again: once the claim is given back, the record may be another's.
  const store = new FileInstanceStore(paths, { supervisor: identity, onExit }, systemClock);
  await store.create(settled);
  // It is a host's to tell.
  store.close();
  return settled.state.status;
}

/** A server whose opencode is gone takes no orders: it ends with the last of its agents, or with all of them. */
function refuseForOthers(record: InstanceRecord, all: readonly ListedRecord[], table: ProcessTable): void {
  const { backend, onExit, process: server, instanceId } = record;
  if (backend !== "warm" || onExit !== "finish" || server === null) return;
  const isServers = ({ process }: ListedRecord) =>
    process?.pid === server.pid && process.startTime === server.startTime;
  if (table.find(server.pid)?.startTime !== server.startTime) return;
  const others = all.filter((other) => other.instanceId !== instanceId && !isTerminalRecord(other) && isServers(other));
  if (others.length === 0) return;
  const ids = others.map((other) => other.instanceId).join(", ");
  throw new CommandError(
    `${instanceId} was not ended: its opencode is gone, and it finishes in one server with ${ids}. ` +
      `They would end with it: wait for them, or end all of them with "kill ${server.pid}".`,
  );
}
