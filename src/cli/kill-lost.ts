import { endTree } from "../processes/end-tree.ts";
import { systemClock } from "../host/system-clock.ts";
import { FileInstanceStore } from "../store/file-instance-store.ts";
import { LostRecords } from "../store/lost-records.ts";
import { transition } from "../supervisor/transition.ts";
import type { CommandContext } from "./command.ts";

/**
 * Ends what is left of an agent whose opencode is gone, and settles its record as `killed`, with the same claim by which
 * hosts decide who settles it.
 *
 * @returns the status; `undefined` when its opencode may live, or somebody else is settling it
 */
export async function killLost(context: CommandContext, instanceId: string): Promise<string | undefined> {
  const { records, paths, identity, options } = context;
  const lost = new LostRecords(records, paths, identity);
  const claimed = await lost.claim(instanceId);
  if (claimed === undefined) return undefined;
  try {
    const { instance, ownerPid } = claimed;
    const supervisor = (await records.read(instanceId))?.supervisor;
    // A pid means nothing outside of its boot and namespace: the marker alone tells there.
    const isHere = supervisor?.bootId === identity.bootId;
    const root = isHere && "process" in instance.state ? (instance.state.process ?? undefined) : undefined;
    const { survivors } = await endTree({ root, marker: instanceId }, options.killGraceMs);
    for (const { pid, command } of survivors) context.warn(`could not be ended: ${command} (pid ${pid})`);
    const store = new FileInstanceStore(paths, { supervisor: identity, onExit: claimed.onExit }, systemClock);
    const error = `Killed from the command line; the opencode that ran it (process ${ownerPid}) was gone.`;
    // As in recovery: the session that asked finds a note, and turns that waited behind this one are off.
    const announce = instance.announce === "wake" ? "note" : instance.announce;
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
    await store.save(settled);
    return settled.state.status;
  } finally {
    await lost.release(instanceId);
  }
}
