import { ulid } from "ulid";

/** A new instance id: `bgr_` and a ULID, which sorts by creation. */
export function createInstanceId(): string {
  return `bgr_${ulid()}`;
}
