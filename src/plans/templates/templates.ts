import { blank } from "./blank.ts";
import { bugInvestigation } from "./bug-investigation.ts";
import { decisionRecord } from "./decision-record.ts";
import { featureDesign } from "./feature-design.ts";
import type { Template } from "./template.ts";

/** What `/plan new` can start from, by name. */
export const TEMPLATES: ReadonlyMap<string, Template> = new Map([
  ["blank", blank],
  ["feature-design", featureDesign],
  ["bug-investigation", bugInvestigation],
  ["decision-record", decisionRecord],
]);
