import * as z from "../../lib/schema.ts";
import type { Operation } from "../../plans/operations.ts";
import { DECISIONS } from "../../plans/plan.ts";
import { LIMITS } from "../../plans/plan-limits.ts";
import type { DecisionRequest, EditRequest } from "../api.ts";

const MOST_OPERATIONS = 500;

const KNOWN: Readonly<Record<Operation["op"], true>> = {
  add_element: true,
  update_element: true,
  delete_element: true,
  add_connection: true,
  update_connection: true,
  delete_connection: true,
  add_comment: true,
  update_comment: true,
  delete_comment: true,
  reply_to_comment: true,
  set_title: true,
  set_viewport: true,
};

/** What else is in an operation is judged where it is done. */
const operation = z.custom<Operation>(
  (value: unknown) =>
    typeof value === "object" && value !== null && Object.hasOwn(KNOWN, String(Reflect.get(value, "op"))),
  { error: `Expected an object whose "op" is one of ${Object.keys(KNOWN).join(", ")}.` },
);

const editRequest = z.object({ operations: z.array(operation).check(z.minLength(1), z.maxLength(MOST_OPERATIONS)) });

/** What a person says; all else of a review is an edit, and was written when it was made. */
const remark = operation.check(
  z.refine(({ op }) => op === "add_comment" || op === "reply_to_comment", {
    error: 'Expected "op" to be add_comment or reply_to_comment.',
  }),
);

const decisionRequest = z.object({
  decision: z.optional(z.enum(DECISIONS)),
  operations: z._default(z.array(remark).check(z.maxLength(MOST_OPERATIONS)), []),
  note: z.optional(z.string().check(z.maxLength(LIMITS.noteLength))),
  revision: z.int().check(z.nonnegative()),
});

/** A request as it should be, or what is wrong with it. */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export function readEditRequest(body: unknown): Reading<EditRequest> {
  return read(editRequest, body);
}

export function readDecisionRequest(body: unknown): Reading<DecisionRequest> {
  const reading = read(decisionRequest, body);
  if (!reading.ok) return reading;
  const { decision, note, revision, operations } = reading.value;
  const given = { ...(decision !== undefined && { decision }), ...(note !== undefined && { note }) };
  return { ok: true, value: { ...given, revision, operations } };
}

/** Reads a body by its schema. */
export function read<T>(schema: z.ZodMiniType<T>, body: unknown): Reading<T> {
  const result = schema.safeParse(body);
  return result.success ? { ok: true, value: result.data } : { ok: false, error: z.prettifyError(result.error) };
}
