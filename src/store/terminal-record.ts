import { terminalStatuses } from "../supervisor/outcome.ts";
import type { InstanceRecord } from "./record.ts";

// Apart from the schemas of records: the terminal half tells the one from the other before it has read any.

export function isTerminalRecord({ status }: Pick<InstanceRecord, "status">): boolean {
  return terminalStatuses.some((terminal) => terminal === status);
}
