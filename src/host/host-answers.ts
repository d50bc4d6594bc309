import * as z from "../lib/schema.ts";
import { HOST_VERSION } from "../opencode/version.ts";

// The host leaves fields out, or gives null: both mean that there is nothing.

const modelSchema = z.object({ providerID: z.string(), modelID: z.string(), variant: z.nullish(z.string()) });

const rulesSchema = z.array(z.object({ permission: z.string(), pattern: z.string(), action: z.string() }));

const agentSchema = z.object({
  name: z.string(),
  mode: z.string(),
  hidden: z.nullish(z.boolean()),
  description: z.nullish(z.string()),
  model: z.nullish(modelSchema),
  variant: z.nullish(z.string()),
  permission: z.nullish(rulesSchema),
});

/** An agent as `GET /agent` of opencode lists it. */
export type HostAgent = z.infer<typeof agentSchema>;

const providersSchema = z.object({
  providers: z.array(
    z.object({ id: z.string(), source: z.nullish(z.string()), models: z.record(z.string(), z.unknown()) }),
  ),
});

/** A configured provider, as `GET /config/providers` of opencode lists it; its keys are left out. */
export type HostProvider = z.infer<typeof providersSchema>["providers"][number];

const infoSchema = z.object({
  id: z.string(),
  role: z.string(),
  agent: z.nullish(z.string()),
  parentID: z.nullish(z.string()),
  providerID: z.nullish(z.string()),
  modelID: z.nullish(z.string()),
  variant: z.nullish(z.string()),
  model: z.nullish(modelSchema),
  /** `true` of the summary of a compaction; of a user's message, what it changed. */
  summary: z.unknown(),
  finish: z.nullish(z.string()),
  error: z.nullish(z.unknown()),
  path: z.nullish(z.object({ cwd: z.string() })),
  time: z.object({ created: z.nullish(z.number()), completed: z.nullish(z.number()) }),
});

const messageSchema = z.object({
  info: infoSchema,
  parts: z.array(
    z.object({
      type: z.string(),
      text: z.nullish(z.string()),
      synthetic: z.nullish(z.boolean()),
      ignored: z.nullish(z.boolean()),
      /** Of the request of a compaction: whether the host began it by itself. */
      auto: z.nullish(z.boolean()),
      metadata: z.nullish(z.record(z.string(), z.unknown())),
      /** Of a tool's part: what its answer says beside its text. */
      id: z.nullish(z.string()),
      tool: z.nullish(z.string()),
      state: z.nullish(
        z.object({
          ...{ metadata: z.unknown(), input: z.unknown() },
          ...{ status: z.optional(z.string()), error: z.optional(z.string()) },
        }),
      ),
    }),
  ),
});

/** The calls of a message, whole: they are given back but for one argument. */
const callsSchema = z.object({
  parts: z.array(
    z.looseObject({
      id: z.optional(z.string()),
      callID: z.optional(z.string()),
      state: z.optional(z.looseObject({ status: z.string() })),
    }),
  ),
});

/** A message as `GET /session/{id}/message` of opencode lists it. */
export type HostMessage = z.infer<typeof messageSchema>;

const sessionSchema = z.object({
  parentID: z.nullish(z.string()),
  title: z.nullish(z.string()),
  agent: z.nullish(z.string()),
  model: z.nullish(z.object({ id: z.string(), providerID: z.string(), variant: z.nullish(z.string()) })),
  permission: z.nullish(rulesSchema),
});

/** A session as `GET /session/{id}` of opencode gives it. */
export type HostSession = z.infer<typeof sessionSchema>;

export const readAgents = reader(z.array(agentSchema));
export const readProviders = reader(providersSchema);
export const readMessages = reader(z.array(messageSchema));
export const readMessage = reader(messageSchema);
export const readCalls = reader(callsSchema);
export const readSession = reader(sessionSchema);

/** What an event has told of a message, where that is all of it. */
export function infoIn(data: unknown): HostMessage["info"] | undefined {
  return infoSchema.safeParse(data).data;
}

/** Reads an answer of the host, which an error calls `what`; throws where it is of another shape. */
function reader<T>(schema: z.ZodMiniType<T>): (what: string, data: unknown) => T {
  return (what, data) => {
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Error(
      `opencode gave ${what} in a form this plugin does not know (${issue?.path.join(".")}: ${issue?.message}). ` +
        `It was made for opencode ${HOST_VERSION}.`,
    );
  };
}
