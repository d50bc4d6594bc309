/**
 * The names by which Effect's HTTP platform, on which opencode's API stands, knows its own things. What a hook throws is
 * a defect there, and a defect that is a response is the answer: opencode logs no failure (1.18.33).
 */
const RESPONSE = "~effect/http/HttpServerResponse";
const BODY = "~effect/http/HttpBody";
const COOKIES = "~effect/http/Cookies";

/**
 * Thrown from `command.execute.before`: it stops the command before the model is asked, and the call of the API is
 * answered with `value`. An opencode that does not know it so answers 500, and what was shown in the session stands.
 */
export class AnsweredCommand extends Error {
  readonly [RESPONSE] = RESPONSE;
  readonly status = 200;
  readonly statusText = undefined;
  readonly headers = { "content-type": "application/json" };
  readonly cookies = { [COOKIES]: COOKIES, cookies: {} };
  readonly body: object;

  constructor(message: string, value: unknown) {
    super(message);
    const body = new TextEncoder().encode(JSON.stringify(value));
    const contentType = "application/json";
    this.body = { [BODY]: BODY, _tag: "Uint8Array", body, contentType, contentLength: body.byteLength };
  }
}
