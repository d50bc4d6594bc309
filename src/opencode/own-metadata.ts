import { isAnything, shape } from "../lib/shape.ts";

const mayBeOwn = shape({ bizar: isAnything });

/** Whether the metadata of a part or a session is this plugin's: all that it puts there is under one name. */
export function isOwn(metadata: unknown): boolean {
  return mayBeOwn(metadata) && metadata.bizar !== undefined;
}
