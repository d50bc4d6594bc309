import { MARKER_NAME } from "../../processes/end-tree.ts";
import { leaveWill } from "../last-will.ts";

/**
 * Ends the process group of a server that is not able to watch for its host yet, should the host be gone before it is.
 *
 * @returns a function that lets the group live
 */
export function holdLifeline(processGroup: number, marker: string): () => void {
  return leaveWill({ processGroup, signal: "KILL", environment: { [MARKER_NAME]: marker } });
}
