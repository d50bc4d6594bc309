import { MARKER_NAME } from "./end-tree.ts";
import { systemProcessTable, type ProcessTable } from "./process-table.ts";

/**
 * Finds out whether anything carries an agent's marker: what an agent started itself does, and the rest is below that.
 * This asks for far less than a listing of the tree, and agents that end at the same time share a look, which a host
 * with many of them would feel.
 */
export class Leftovers {
  #next: Promise<readonly string[]> | undefined;

  constructor(private readonly table: ProcessTable = systemProcessTable()) {}

  /** Whether anything that this agent started runs yet. Rejects where the table cannot be read. */
  async has(instanceId: string): Promise<boolean> {
    const isIn = (markers: readonly string[]) => markers.some((marker) => marker.includes(instanceId));
    return isIn(await (this.#next ??= this.#look()));
  }

  /** It begins after everybody who shares it has asked. */
  async #look(): Promise<readonly string[]> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#next = undefined;
    const markers = () => [...this.table.values(MARKER_NAME).values()];
    // Twice, since a process may go and leave another one behind while it is looked for.
    return [...markers(), ...markers()];
  }
}
