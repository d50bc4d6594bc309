import type { Operation, OperationRefusal } from "../plans/operations.ts";
import type { PackedHistory } from "../plans/plan-history.ts";
import type { AgentAtWork, PlanProblem, StoredPlan } from "../plans/plan-store-port.ts";
import type { Decision } from "../plans/plan.ts";

/*
 * What the page and its server say to each other. Everything is under one origin, `http://<loopback name>:<port>`, and
 * but for `/assets/<name>`, what the page loads, below a path that each server makes up:
 *
 *   GET  …/plan/<slug>?secret=<one-time secret>  a page that asks for a click
 *   POST …/plan/<slug>                           that click: trades the secret for the cookie, and goes on to the page
 *   GET  …/plan/<slug>?key=<one-time key>        the same at once, for a browser that the plugin opened: the key stands
 *                                                in the arguments of a program, and is good for a minute, on Linux, for a
 *                                                process of the same user
 *   GET  …/plan/<slug>?ticket=<one-time ticket>  the same elsewhere: such a browser gets a file that goes on to it
 *   GET  …/plan/<slug>                           the page, with a token that its writes carry as {@link TOKEN_HEADER}
 *   GET  …/api/plans/<slug>                      {@link PlanAnswer}
 *   GET  …/api/plans/<slug>/history              {@link HistoryAnswer}
 *   GET  …/api/plans/<slug>/events               server-sent events, each with a {@link PlanEvent} as its data
 *   POST …/api/plans/<slug>/edits                {@link EditRequest} to {@link EditAnswer}
 *   POST …/api/plans/<slug>/decision             {@link DecisionRequest} to {@link PlanAnswer}
 *   GET  …/api/plans/<slug>/agents               the agents that work from it, as `changes-api.ts` has them
 *   POST …/api/plans/<slug>/agents/<instanceId>  opens the changes of one of them to this browser: their address
 *   GET  …/api/plans/<slug>/export               Markdown, as a download
 *
 * A request that is refused is answered with 400 and more, and a {@link Refused}.
 */

/** Of every write: the cookie alone goes to whoever listens on this machine. */
export const TOKEN_HEADER = "x-bizar-token";

/** A plan as it is now. */
export type PlanAnswer = StoredPlan;

/** What the plan was, revision by revision. */
export type HistoryAnswer = PackedHistory;

/** What the stream tells. `plan` comes at once when it opens, and after each change by whomever. */
export type PlanEvent =
  | { readonly type: "plan"; readonly stored: StoredPlan }
  /** Who works on it: at first where anybody does, and after each change. */
  | { readonly type: "agents"; readonly agents: readonly AgentAtWork[] }
  /** The plan cannot be read now: deleted, or broken by hand. The page keeps what it shows. */
  | { readonly type: "problem"; readonly problem: PlanProblem };

/** One action of the person: all of it is done, or nothing. Sent again with the same ids, it is done once. */
export interface EditRequest {
  readonly operations: readonly Operation[];
}

export type EditAnswer =
  | { readonly ok: true; readonly stored: StoredPlan }
  /** Answered with 409: the page keeps the person's text and offers both. */
  | { readonly ok: false; readonly refusal: OperationRefusal; readonly stored: StoredPlan };

/** What ends a review: all of it is done, or nothing. */
export interface DecisionRequest {
  /** Absent: the person only comments. */
  readonly decision?: Decision;
  /** The comments and replies that they have collected. */
  readonly operations: readonly Operation[];
  /** At most 10 000 characters. */
  readonly note?: string;
  /**
   * The revision that the page shows: what was decided is decided on that one. Where it is another one by now, the answer
   * is 409 and says what has changed.
   */
  readonly revision: number;
}

/** Why a request was refused. */
export interface Refused {
  /** What was expected, what came, what to do. */
  readonly error: string;
  readonly problem?: PlanProblem;
}

/** The largest body that the server reads, in bytes. An image in an element is the largest thing in it. */
export const MOST_BODY_BYTES = 4_194_304;
