import type { AnswerPort } from "../../src/backends/answer-port.ts";

/** For turns that ask nobody. */
export const NO_ANSWERS: AnswerPort = { asks: false, waitMs: 0, give() {}, clear() {} };
