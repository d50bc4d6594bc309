import { monotonicFactory } from "ulid";

/** Ids of one millisecond sort by creation too: several agents are spawned at once. */
const ulid = monotonicFactory();

/** A new instance id: `bgr_` and a ULID, which sorts by creation. */
export function createInstanceId(): string {
  return `bgr_${ulid()}`;
}
