import { isNumber, isText, oneOf, orNull, shape, type Checked } from "../lib/shape.ts";

export const isChangeReview = shape({
  /** The session that put the changes up for review. */
  sessionId: isText,
  /** ISO 8601, as all moments here. */
  askedAt: isText,
  decision: orNull(oneOf("applied", "sent_back", "discarded")),
  decidedAt: orNull(isText),
  note: orNull(isText),
  /** How many comments went with it. */
  comments: isNumber,
  /** What was decided up to then, the session has been told of. */
  toldUntil: isText,
});

/** Changes that wait for a person, or on which one has decided. */
export type ChangeReview = Checked<typeof isChangeReview>;

/** What a person decides on changes. */
export interface ChangeDecision {
  readonly decision: NonNullable<ChangeReview["decision"]>;
  readonly note?: string | undefined;
  readonly comments?: number;
}

/** Puts changes up for review; a review of the same session that is open goes on. */
export function askForReview(review: ChangeReview | undefined, sessionId: string, now: string): ChangeReview {
  if (review?.sessionId === sessionId && review.decision === null) return review;
  const nothing = { decision: null, decidedAt: null, note: null, comments: 0 };
  return { sessionId, askedAt: now, ...nothing, toldUntil: now };
}

/** The review with what a person has decided; where nobody has asked for one, there is none. */
export function decideReview(
  review: ChangeReview | undefined,
  { decision, note, comments = 0 }: ChangeDecision,
  now: string,
): ChangeReview | undefined {
  if (review === undefined || review.decision !== null) return review;
  return { ...review, decision, decidedAt: now, note: note === undefined || note === "" ? null : note, comments };
}

/** The review whose session knows of everything up to then; the same object where it did already. */
export function tellReview(review: ChangeReview | undefined, until: string): ChangeReview | undefined {
  return review === undefined || until <= review.toldUntil ? review : { ...review, toldUntil: until };
}
