import type { ApiRequest } from "./requests.ts";
import type { Api } from "./api.ts";
import { ifThere } from "./api-error.ts";

/** Answers what a session asks a person. Both reject when the answer was not taken. */
export interface Answering {
  /** With a message the turn goes on, and the model reads it. */
  replyPermission(id: string, reply: "once" | "reject", message?: string): Promise<void>;
  /** Tells a tool that asks the user that nobody answers. */
  rejectQuestion(id: string): Promise<void>;
}

/** Answers the sessions of a directory. What was answered already, by `opencode run` or by an end of its turn, is gone. */
export function answering(api: () => Promise<Api>, directory: string): Answering {
  const query = { directory };
  const send = async (what: string, request: ApiRequest) => await ifThere((await api()).send(what, request));
  return {
    async replyPermission(requestID, reply, message) {
      const body = { reply, ...(message === undefined ? {} : { message }) };
      const url = "/permission/{requestID}/reply";
      await send("an answer to a permission", { method: "post", url, path: { requestID }, query, body });
    },
    async rejectQuestion(requestID) {
      const url = "/question/{requestID}/reject";
      await send("an answer to a question", { method: "post", url, path: { requestID }, query });
    },
  };
}
