import * as z from "../lib/schema.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import type { Reply } from "../supervisor/questions.ts";
import { instancePath, type StatePaths } from "./state-paths.ts";

/** What another process may ask of the one that owns an instance. */
export type OwnerRequest =
  /** `isUsers`: the user ends it, so that nobody is woken by it. */
  | { readonly kind: "kill"; readonly isUsers?: boolean | undefined }
  /** `now`: at its next step, where it is at work. */
  | { readonly kind: "send"; readonly prompt: string; readonly now?: boolean | undefined }
  /** The user answers something that the agent has asked; the code says that it is the user. */
  | ({ readonly kind: "answer"; readonly code?: string | undefined } & UserAnswer)
  /** A session was deleted that is the agent's, or its parent's. */
  | { readonly kind: "session_deleted"; readonly sessionId: string };

/** An answer of the user to a question of an agent. */
export interface UserAnswer {
  /** As the record names it. */
  readonly questionId: string;
  readonly reply: Reply;
  /** Who answers, and where: for the record. */
  readonly by: string;
}

const SCHEMA_VERSION = 1;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** `bg/<instanceId>.request-<ULID>.json` */
const requestSchema = z.intersection(
  z.object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    createdAt: z.iso.datetime(),
    /** Who asks, for people who look into the folder. */
    from: z.object({ pid: z.number() }),
  }),
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("kill"), isUsers: z.optional(z.boolean()) }),
    z.object({ kind: z.literal("send"), prompt: z.string().check(z.minLength(1)), now: z.optional(z.boolean()) }),
    z.object({
      ...{ kind: z.literal("answer"), questionId: z.string(), by: z.string(), code: z.optional(z.string()) },
      reply: z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("once") }),
        z.object({ kind: z.literal("always") }),
        z.object({ kind: z.literal("no"), words: z.optional(z.string()) }),
        z.object({ kind: z.literal("answer"), words: z.string() }),
      ]),
    }),
    z.object({ kind: z.literal("session_deleted"), sessionId: z.string() }),
  ]),
);

/** One request and the files that it goes through: asked, taken by the owner, gone; beside it what the owner refused. */
export interface RequestFile {
  readonly instanceId: string;
  readonly ulid: string;
  readonly asked: string;
  readonly taken: string;
  readonly refusal: string;
}

export function requestFile(paths: StatePaths, instanceId: string, ulid: string): RequestFile {
  if (!ULID.test(ulid)) throw new Error(`"${ulid}" is no ULID.`);
  const path = (stage: string) => instancePath(paths, instanceId, `.${stage}-${ulid}.json`);
  return { instanceId, ulid, asked: path("request"), taken: path("taken"), refusal: path("refusal") };
}

/** The request that a file of this name is; `undefined` when it is another file. */
export function requestNamed(paths: StatePaths, name: string): RequestFile | undefined {
  const [, instanceId = "", ulid = ""] = /^(\w+)\.request-(\w+)\.json$/.exec(name) ?? [];
  return INSTANCE_ID.test(instanceId) && ULID.test(ulid) ? requestFile(paths, instanceId, ulid) : undefined;
}

/** What the code of an answer is made of: it holds for this one file. */
export function signedContent({ instanceId, ulid }: RequestFile, { questionId, reply, by }: UserAnswer): unknown {
  return [instanceId, ulid, questionId, reply.kind, "words" in reply ? (reply.words ?? null) : null, by];
}

export function requestText(request: OwnerRequest): string {
  const head = { schemaVersion: SCHEMA_VERSION, createdAt: new Date().toISOString(), from: { pid: process.pid } };
  return `${JSON.stringify({ ...head, ...request }, undefined, 2)}\n`;
}

/** What was found where a request should be. */
export type RequestReading =
  | { readonly kind: "request"; readonly request: OwnerRequest }
  /** Written by a newer version: left for its writer to take back. */
  | { readonly kind: "newer"; readonly version: number }
  | { readonly kind: "corrupt"; readonly problem: string };

/** Reads the text of a request file. Never throws. */
export function parseRequest(text: string): RequestReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: "corrupt", problem: error instanceof Error ? error.message : String(error) };
  }
  const version = z.object({ schemaVersion: z.number() }).safeParse(value).data?.schemaVersion;
  if (version !== undefined && version > SCHEMA_VERSION) return { kind: "newer", version };
  const parsed = requestSchema.safeParse(value);
  if (parsed.success) {
    const { schemaVersion: _, createdAt: __, from: ___, ...request } = parsed.data;
    return { kind: "request", request };
  }
  const [issue] = parsed.error.issues;
  return { kind: "corrupt", problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a request"}` };
}
