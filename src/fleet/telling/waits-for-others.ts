import { isTerminal, type Instance } from "../../supervisor/instance.ts";

/** Whether an end that is good news waits for those that were spawned in the same message, and still run. */
export function waitsForSpawnedWith(instance: Instance, all: readonly Instance[]): boolean {
  if (instance.state.status !== "done" || !isFirstRun(instance)) return false;
  return all.some((other) => isSpawnedWith(instance, other) && !isTerminal(other));
}

function isSpawnedWith({ instanceId, parent }: Instance, other: Instance): boolean {
  return other.instanceId !== instanceId && other.parent.messageId === parent.messageId && isFirstRun(other);
}

function isFirstRun({ turns }: Instance): boolean {
  return turns.every(({ kind }) => kind !== "follow_up");
}
