import { describeError } from "../lib/describe-error.ts";
import type { Clock } from "../lib/clock.ts";
import { systemClock } from "../lib/system-clock.ts";
import { withinLimit } from "../supervisor/within-limit.ts";
import type { Answers } from "./answers.ts";
import { ApiError } from "./api-error.ts";
import type { ApiRequest } from "./requests.ts";
import type { ApiAnswer, Transport } from "./transport.ts";
import { HOST_VERSION } from "./version.ts";

const ANSWER_LIMIT_MS = 10_000;
const SHOWN = 300;

/** One opencode, asked in this process or over HTTP. Every request has a limit; what goes wrong is an {@link ApiError}. */
export class Api {
  constructor(
    private readonly transport: Transport,
    /** What it is called in errors. */
    private readonly name = "opencode",
    private readonly clock: Clock = systemClock,
  ) {}

  /** Sends a request, whatever the answer holds. @param what is wanted, in the words of an error: "its health" */
  async send(what: string, request: ApiRequest, limitMs = ANSWER_LIMIT_MS): Promise<ApiAnswer> {
    const failed = `${this.name} did not give ${what}`;
    const late = `${failed} within ${limitMs / 1000} s.`;
    let isLate = false;
    let answer: ApiAnswer;
    try {
      answer = await withinLimit(this.clock, limitMs, async (signal) => {
        signal.addEventListener("abort", () => (isLate = true));
        return await this.transport(request, signal);
      });
    } catch (error) {
      throw new ApiError(isLate ? late : `${failed}: ${describeError(error)}`, undefined, error);
    }
    const { error, response } = answer;
    if (isLate) throw new ApiError(late, response?.status);
    if (error !== undefined) {
      const how = response === undefined ? "" : ` (HTTP ${response.status})`;
      throw new ApiError(`${failed}${how}: ${show(error)}`, response?.status, error);
    }
    // An opencode that does not know a request gives its page (1.18.33), as a proxy may.
    if (response?.headers.get("content-type")?.startsWith("text/html") === true) {
      throw new ApiError(`${failed}, but a page of HTML; ${MADE_FOR}`, response.status);
    }
    return answer;
  }

  /** Asks for something that has this form. */
  async ask<Form extends keyof Answers>(
    what: string,
    form: Form,
    request: ApiRequest,
    limitMs?: number,
  ): Promise<Answers[Form]> {
    return await this.read(what, form, await this.send(what, request, limitMs));
  }

  /** Reads an answer to {@link Api.send}. */
  async read<Form extends keyof Answers>(
    what: string,
    form: Form,
    { data, response }: ApiAnswer,
  ): Promise<Answers[Form]> {
    // Loaded with the first answer: opencode waits for the plugin at its start, and making a schema is slow.
    const { readAnswer } = await import("./answers.ts");
    const { value, problem } = readAnswer(form, data);
    if (problem === undefined) return value;
    const how = `in a form this plugin does not know (${problem})`;
    throw new ApiError(`${this.name} did not give ${what}, but something ${how}; ${MADE_FOR}`, response?.status);
  }
}

const MADE_FOR = `it was made for opencode ${HOST_VERSION}.`;

function show(error: unknown): string {
  if (error instanceof Error) return error.message;
  return (typeof error === "string" ? error : JSON.stringify(error)).slice(0, SHOWN);
}
