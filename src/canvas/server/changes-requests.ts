import { z } from "zod";
import { CHANGES_LIMITS, type ChangesDecision, type Round } from "../changes-api.ts";
import { read, type Reading } from "./requests.ts";

const MOST_LINES = 10_000_000;
const line = z.int().min(1).max(MOST_LINES);
const path = z.string().min(1).max(CHANGES_LIMITS.path);

const comment = z.object({
  id: z.string().min(1).max(64),
  path,
  side: z.enum(["old", "new"]),
  from: line,
  to: line,
  quote: z.array(z.string().max(CHANGES_LIMITS.lineCharacters * 2)).max(CHANGES_LIMITS.quoteLines),
  text: z.string().min(1).max(CHANGES_LIMITS.text),
  isOutdated: z.boolean().optional(),
});
const comments = z.array(comment).max(CHANGES_LIMITS.comments);

const round = z.object({
  comments,
  viewed: z.record(path, z.string().max(64)),
});

const decision = z.object({
  decision: z.enum(["apply", "send_back", "branch", "discard"]),
  version: z.string().max(200),
  comments: comments.default([]),
  note: z.string().max(CHANGES_LIMITS.text).optional(),
});

export function readRound(body: unknown): Reading<Round> {
  return read(round, body) as Reading<Round>;
}

export function readChangesDecision(body: unknown): Reading<ChangesDecision> {
  return read(decision, body) as Reading<ChangesDecision>;
}
