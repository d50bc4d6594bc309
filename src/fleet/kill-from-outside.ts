import type { Options } from "../config/options.ts";
import { systemClock } from "../lib/system-clock.ts";
import { endTree } from "../processes/end-tree.ts";
import { orphanedTree } from "../processes/orphaned-tree.ts";
import { systemProcessTable, type ProcessTable } from "../processes/process-table.ts";
import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import { askOwner } from "../store/ask-owner.ts";
import { FileInstanceStore } from "../store/file-instance-store.ts";
import { thisMachine } from "../store/machine.ts";
import { OrphanedRecords } from "../store/orphaned-records.ts";
import type { InstanceRecord, ListedRecord } from "../store/record.ts";
import type { RecordFolder } from "../store/record-folder.ts";
import type { StatePaths } from "../store/state-paths.ts";
import { isTerminalRecord } from "../store/terminal-record.ts";
import { settleLost, type LostInstance } from "../supervisor/recovery.ts";

/** Beyond the grace of the agent's own opencode: the end of the tree, the last write. */
const END_LIMIT_MS = 10_000;
const CHECK_MS = 100;

export interface OutsideParts {
  readonly records: RecordFolder;
  readonly paths: StatePaths;
  /** Who this process is, where it takes a record over. */
  readonly identity: SupervisorIdentity;
  readonly options: Pick<Options, "killGraceMs">;
  /** Of each process that could not be ended. */
  readonly warn: (message: string) => void;
}

/** An agent was not ended: its message says why, and what to do. */
export class NotEnded extends Error {}

/**
 * Ends an agent from a process that runs none: by a request to its opencode, or where that is gone, by its own hand.
 *
 * @param isUsers whether the user has asked for it: then no model is woken by it
 * @returns the status, or `gone` where the record vanished
 * @throws NotEnded
 */
export async function killFromOutside(
  parts: OutsideParts,
  { instanceId, supervisor }: Pick<InstanceRecord, "instanceId" | "supervisor">,
  isUsers: boolean,
): Promise<string> {
  const settled = await killOrphaned(parts, instanceId);
  if (settled !== undefined) return settled;
  const answer = await askOwner(parts, instanceId, { kind: "kill", ...(isUsers && { isUsers }) });
  if (!answer.ok && (answer.reason === "no_reaction" || answer.reason === "refused")) {
    throw new NotEnded(`${instanceId} was not ended (its opencode is process ${supervisor.pid}). ${answer.error}`);
  }
  if (!answer.ok && answer.reason === "owner_gone") {
    const status = await killOrphaned(parts, instanceId);
    if (status !== undefined) return status;
    // A host is settling it, perhaps one that lets it work on to its end: without a process that is now.
    await endLeftTree(parts, instanceId);
  }
  const end = performance.now() + parts.options.killGraceMs + END_LIMIT_MS;
  while (performance.now() < end) {
    const record = await parts.records.read(instanceId);
    if (record === undefined) return "gone";
    if (record.endedAt !== null) return record.status;
    await Bun.sleep(CHECK_MS);
  }
  throw new NotEnded(`${instanceId} is being ended, but its record does not say so yet. Look again with "show".`);
}

/**
 * Ends what is left of an agent whose opencode is gone, and settles its record as `killed`, with the same claim by which
 * hosts decide who settles it.
 *
 * @returns the status; `undefined` when its opencode may live, or somebody else is settling it
 * @throws NotEnded when that would end other agents as well, or nobody can see what is left
 */
export async function killOrphaned(
  parts: OutsideParts,
  instanceId: string,
  table: ProcessTable = systemProcessTable(),
): Promise<string | undefined> {
  // A person has decided: one look is enough at an owner elsewhere whose record has been silent for long.
  const machine = { ...thisMachine, bootedAt: thisMachine.now };
  const lost = new OrphanedRecords(parts.records, parts.paths, parts.identity, machine);
  const claimed = await lost.claim(instanceId);
  if (claimed === undefined) return undefined;
  try {
    await endLeftTree(parts, instanceId, table);
    return await settleAsKilled(parts, claimed);
  } finally {
    await lost.release(instanceId);
  }
}

/**
 * Ends every process of an agent that nobody looks after.
 *
 * @throws NotEnded when that would end other agents as well, or nobody can see what is left
 */
async function endLeftTree(
  { records, identity, options, warn }: OutsideParts,
  instanceId: string,
  table: ProcessTable = systemProcessTable(),
): Promise<void> {
  const record = await records.read(instanceId);
  if (record !== undefined) refuseForOthers(record, await records.list(), table);
  if (record?.on !== undefined && record.backend === "warm") {
    throw new NotEnded(
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
    throw new NotEnded(`Whether ${instanceId} has ended cannot be seen, and its record stays as it is. ${unseen}`);
  }
  for (const { pid, command } of survivors) warn(`could not be ended: ${command} (pid ${pid})`);
}

async function settleAsKilled({ paths, identity }: OutsideParts, lost: LostInstance): Promise<string> {
  const error = `Killed from the command line; the opencode that ran it (process ${lost.ownerPid}) was gone.`;
  const settled = settleLost(lost.instance, Date.now(), { status: "killed", reason: "killed", error });
  // Not tried again: once the claim is given back, the record may be another's.
  const store = new FileInstanceStore(paths, { supervisor: identity, onExit: lost.onExit }, systemClock);
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
  throw new NotEnded(
    `${instanceId} was not ended: its opencode is gone, and it finishes in one server with ${ids}. ` +
      `They would end with it: wait for them, or end all of them with "kill ${server.pid}".`,
  );
}
