import { readFile } from "node:fs/promises";
import { oneOf, shape } from "../lib/shape.ts";

const isLeft = shape({ onExit: oneOf("finish") });

/** Whether an agent's record says that it comes to its own end without its supervisor. Never rejects. */
export async function mayFinish(recordPath: string): Promise<boolean> {
  try {
    return isLeft(JSON.parse(await readFile(recordPath, "utf8")));
  } catch {
    // Not there, or not to be read: then nobody has said so.
    return false;
  }
}
