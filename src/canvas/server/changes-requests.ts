import * as z from "../../lib/schema.ts";
import { CHANGES_LIMITS, type ChangesDecision, type Round } from "../changes-api.ts";
import { read, type Reading } from "./requests.ts";

const MOST_LINES = 10_000_000;
const line = z.int().check(z.gte(1), z.lte(MOST_LINES));
const path = z.string().check(z.minLength(1), z.maxLength(CHANGES_LIMITS.path));

const comment = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(64)),
  path,
  side: z.enum(["old", "new"]),
  from: line,
  to: line,
  quote: z
    .array(z.string().check(z.maxLength(CHANGES_LIMITS.lineCharacters * 2)))
    .check(z.maxLength(CHANGES_LIMITS.quoteLines)),
  text: z.string().check(z.minLength(1), z.maxLength(CHANGES_LIMITS.text)),
  isOutdated: z.optional(z.boolean()),
});
const comments = z.array(comment).check(z.maxLength(CHANGES_LIMITS.comments));

const round = z.object({
  comments,
  viewed: z.record(path, z.string().check(z.maxLength(64))),
});

const decision = z.object({
  decision: z.enum(["apply", "send_back", "branch", "discard"]),
  version: z.string().check(z.maxLength(200)),
  comments: z._default(comments, []),
  note: z.optional(z.string().check(z.maxLength(CHANGES_LIMITS.text))),
});

export function readRound(body: unknown): Reading<Round> {
  return read(round, body) as Reading<Round>;
}

export function readChangesDecision(body: unknown): Reading<ChangesDecision> {
  return read(decision, body) as Reading<ChangesDecision>;
}
