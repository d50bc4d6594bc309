import type { PluginInput } from "./plugin-api.ts";
import { JSON_HEADERS, rawClient } from "./raw-client.ts";

/** Answers what a session asks a person. Both reject when the answer was not taken. */
export interface Answering {
  /** With a message the turn goes on, and the model reads it. */
  replyPermission(id: string, reply: "once" | "reject", message?: string): Promise<unknown>;
  /** Tells a tool that asks the user that nobody answers. */
  rejectQuestion(id: string): Promise<unknown>;
}

/** What was answered already, by `opencode run` or by an end of its turn, is not there any more. */
const NOT_FOUND = 404;

/** Answers through the client that a plugin is given, which has no names for these requests (1.18.33). */
export function answering(client: () => PluginInput["client"], directory: string): Answering {
  const post = async (url: string, requestID: string, body?: unknown) => {
    const { error, response } = await rawClient(client()).post({
      ...{ url, path: { requestID }, query: { directory }, body },
      headers: JSON_HEADERS,
    });
    if (error !== undefined && response?.status !== NOT_FOUND) {
      throw new Error(`opencode did not take an answer: ${JSON.stringify(error)}`);
    }
  };
  return {
    replyPermission: async (id, reply, message) => await post("/permission/{requestID}/reply", id, { reply, message }),
    rejectQuestion: async (id) => await post("/question/{requestID}/reject", id),
  };
}
