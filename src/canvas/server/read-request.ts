import type { Context } from "hono";
import { MOST_BODY_BYTES } from "../api.ts";
import { refuse } from "./answers.ts";
import type { Connection } from "./own-user.ts";
import { readJson } from "./request-body.ts";
import type { Reading } from "./requests.ts";

/** What comes with a request. */
export interface Env {
  Bindings: Connection;
}

/** What a POST asks for, or why it is refused. */
export async function readRequest<T>(context: Context, read: (body: unknown) => Reading<T>): Promise<T | Response> {
  const body = await readJson(context);
  switch (body.kind) {
    case "other_type":
      return refuse(context, 415, "Expected Content-Type: application/json.");
    case "too_large":
      return refuse(context, 413, `Expected at most ${MOST_BODY_BYTES} bytes.`);
    case "not_json":
      return refuse(context, 400, "Expected JSON.");
    case "json": {
      const reading = read(body.value);
      return reading.ok ? reading.value : refuse(context, 400, reading.error);
    }
  }
}
