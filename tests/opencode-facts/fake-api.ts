import { Api } from "../../src/opencode/api.ts";
import type { PluginInput } from "../../src/opencode/plugin-api.ts";
import type { ApiRequest } from "../../src/opencode/requests.ts";
import { inProcess } from "../../src/opencode/transport.ts";

type Method = ApiRequest["method"];
/** What an opencode answers to requests, such as `get /session/{sessionID}`. */
type FakeAnswers = Partial<Record<`${Method} ${ApiRequest["url"]}`, (asked: never) => unknown>>;

/** What it says of what it does not have. */
const NOT_FOUND = { name: "NotFoundError", data: { message: "not found" } };

/** An opencode that answers as a test says; see {@link fakeClient}. */
export function fakeApi(answers: FakeAnswers): Api {
  const client = fakeClient(answers);
  return new Api(inProcess(() => client));
}

/**
 * The client that a plugin is given, of an opencode that answers as a test says: with a response, with what is its data,
 * with nothing of what it does not have, or not at all where an error is thrown.
 */
export function fakeClient(answers: FakeAnswers): PluginInput["client"] {
  const send = (method: Method) => async (asked: { readonly url: ApiRequest["url"] }) => {
    const given: unknown = await answers[`${method} ${asked.url}`]?.(asked as never);
    const response = given instanceof Response ? given : responseWith(given);
    const data: unknown = await response.json();
    return response.ok ? { data, response } : { error: data, response };
  };
  const generic = { get: send("get"), post: send("post"), patch: send("patch"), delete: send("delete") };
  return { _client: generic } as unknown as PluginInput["client"];
}

function responseWith(data: unknown): Response {
  return data === undefined ? Response.json(NOT_FOUND, { status: 404 }) : Response.json(data);
}
