import {
  TOKEN_HEADER,
  type DecisionRequest,
  type EditAnswer,
  type EditRequest,
  type HistoryAnswer,
  type PlanAnswer,
  type Refused,
} from "../../api.ts";
import type { Operation, OperationRefusal } from "../../../plans/operations.ts";
import type { PlanProblem, StoredPlan } from "../../../plans/plan-store-port.ts";

const REQUEST_TIMEOUT_MS = 20_000;

/** What became of a request. */
export type Outcome =
  | { readonly kind: "done"; readonly stored: StoredPlan }
  /** The plan has changed in a way that does not go with the edit. */
  | { readonly kind: "refused"; readonly refusal: OperationRefusal; readonly stored: StoredPlan }
  /** No answer, or one that says to come back: worth sending again. */
  | { readonly kind: "unreachable"; readonly message: string; readonly problem?: PlanProblem }
  /** The cookie is not this server's. */
  | { readonly kind: "locked_out" }
  /** The server will never take it. */
  | { readonly kind: "rejected"; readonly message: string; readonly problem?: PlanProblem };

/** Why something was not done, for the person. */
export function describeOutcome(outcome: Exclude<Outcome, { kind: "done" }>): string {
  if (outcome.kind === "locked_out") return "This page no longer belongs to the running server.";
  return outcome.kind === "refused" ? outcome.refusal.message : outcome.message;
}

/** The server's side of one plan. Never throws. */
export interface PlanApi {
  read(): Promise<Outcome>;
  /** What the plan was, or why that is not known. */
  history(): Promise<HistoryAnswer | string>;
  edit(operations: readonly Operation[]): Promise<Outcome>;
  finishReview(request: DecisionRequest): Promise<Outcome>;
}

/** Asks a server: the browser's `fetch`, or a test's. */
type Request = (url: string, init: RequestInit) => Promise<Response>;

/**
 * @param base `/<path of the server>/api/plans/<slug>`
 * @param token what the server has given to this page, for its writes
 */
export function createApiClient(
  base: string,
  token = "",
  request: Request = async (url, init) => await fetch(url, init),
): PlanApi {
  const post = (path: string, body: EditRequest | DecisionRequest) =>
    ask(request, `${base}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", [TOKEN_HEADER]: token },
      body: JSON.stringify(body),
    });
  return {
    read: () => ask(request, base, {}),
    history: async () => {
      try {
        const response = await request(`${base}/history`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
        const answer = (await response.json()) as HistoryAnswer | Refused;
        return "error" in answer ? answer.error : answer;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    edit: (operations) => post("/edits", { operations }),
    finishReview: (decision) => post("/decision", decision),
  };
}

async function ask(request: Request, url: string, init: RequestInit): Promise<Outcome> {
  try {
    const response = await request(url, {
      ...init,
      credentials: "same-origin",
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (response.status === 401 || response.status === 403) return { kind: "locked_out" };
    return readAnswer(response.status, (await response.json()) as PlanAnswer | EditAnswer | Refused);
  } catch (error) {
    return { kind: "unreachable", message: error instanceof Error ? error.message : String(error) };
  }
}

function readAnswer(status: number, answer: PlanAnswer | EditAnswer | Refused): Outcome {
  if ("plan" in answer) return { kind: "done", stored: answer };
  if ("ok" in answer) {
    if (answer.ok) return { kind: "done", stored: answer.stored };
    return { kind: "refused", refusal: answer.refusal, stored: answer.stored };
  }
  const comesBack = status >= 500 || status === 429 || answer.problem?.reason === "locked";
  const problem = answer.problem ? { problem: answer.problem } : {};
  return { kind: comesBack ? "unreachable" : "rejected", message: answer.error, ...problem };
}
