/** A request for a key, money or a model that is not there, or one that comes too often; and what is wrong at the provider. */
const LEAVES = new Set([401, 402, 403, 404, 408, 429]);
const SERVER_ERROR = 500;
/** Errors of opencode about a provider that it cannot use (1.18.33). */
const UNUSABLE = /^Provider(AuthError|InitError|ModelNotFoundError)$/;
const USED_UP =
  /quota|credit|billing|insufficient (funds|balance)|rate.?limit|usage limit|overloaded|model not found|no such model/i;
const CUT =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|socket|fetch failed|unable to connect|network|connection|terminated/i;

/** An error of a session, as opencode tells of it. */
export interface SessionError {
  readonly name: string;
  readonly data?: { readonly message?: string | undefined; readonly statusCode?: number | undefined } | undefined;
}

/**
 * What an error says of the provider: it cannot or will not answer, or the line to it was cut; `undefined` of an error
 * that another model would meet as well.
 */
export function providerTrouble({ name, data }: SessionError): "refuses" | "cut" | undefined {
  const { message = "", statusCode } = data ?? {};
  if (UNUSABLE.test(name)) return "refuses";
  if (name !== "APIError" && name !== "UnknownError") return undefined;
  if (statusCode !== undefined && (LEAVES.has(statusCode) || statusCode >= SERVER_ERROR)) return "refuses";
  if (USED_UP.test(message)) return "refuses";
  return statusCode === undefined && CUT.test(message) ? "cut" : undefined;
}
