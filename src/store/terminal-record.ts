import { terminalStatuses } from "../supervisor/outcome.ts";

// Apart from the schemas of records: the terminal half tells the one from the other before it has read any.

/** Whether an agent has come to an end, by what its record says. */
export function isTerminalRecord({ status }: { readonly status: string }): boolean {
  return terminalStatuses.some((terminal) => terminal === status);
}
