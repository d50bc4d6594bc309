import { blank } from "./blank.ts";
import type { Template } from "./template.ts";

/** What `/plan new` can start from. */
export const TEMPLATES: ReadonlyMap<string, Template> = new Map([["blank", blank]]);
