import * as z from "../lib/schema.ts";

// opencode leaves fields out, or gives null: both mean that there is nothing. What is passed on, or given back, keeps
// whatever else it has.

const modelSchema = z.looseObject({ providerID: z.string(), modelID: z.string(), variant: z.nullish(z.string()) });

const rulesSchema = z.array(z.looseObject({ permission: z.string(), pattern: z.string(), action: z.string() }));

const agentSchema = z.looseObject({
  name: z.string(),
  mode: z.string(),
  hidden: z.nullish(z.boolean()),
  description: z.nullish(z.string()),
  model: z.nullish(modelSchema),
  variant: z.nullish(z.string()),
  permission: z.nullish(rulesSchema),
});

const providersSchema = z.object({
  // Their keys are left out.
  providers: z.array(
    z.object({ id: z.string(), source: z.nullish(z.string()), models: z.record(z.string(), z.unknown()) }),
  ),
});

const infoSchema = z.looseObject({
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
  time: z._default(z.object({ created: z.nullish(z.number()), completed: z.nullish(z.number()) }), {}),
});

const partSchema = z.looseObject({
  type: z.string(),
  id: z.nullish(z.string()),
  text: z.nullish(z.string()),
  synthetic: z.nullish(z.boolean()),
  ignored: z.nullish(z.boolean()),
  /** Of the request of a compaction: whether the host began it by itself. */
  auto: z.nullish(z.boolean()),
  metadata: z.nullish(z.record(z.string(), z.unknown())),
  tool: z.nullish(z.string()),
  callID: z.nullish(z.string()),
  state: z.nullish(
    z.looseObject({
      // What the answer of a tool says beside its text.
      ...{ metadata: z.unknown(), input: z.unknown() },
      ...{ status: z.optional(z.string()), error: z.optional(z.string()) },
    }),
  ),
});

const messageSchema = z.object({ info: infoSchema, parts: z.array(partSchema) });

const sessionSchema = z.object({
  id: z.string(),
  parentID: z.nullish(z.string()),
  title: z.nullish(z.string()),
  metadata: z.unknown(),
  agent: z.nullish(z.string()),
  model: z.nullish(z.object({ id: z.string(), providerID: z.string(), variant: z.nullish(z.string()) })),
  permission: z.nullish(rulesSchema),
});

/** What opencode answers, by what it is. */
const forms = {
  agents: z.array(agentSchema),
  health: z.object({ healthy: z.literal(true), version: z._default(z.string(), "") }),
  message: messageSchema,
  messages: z.array(messageSchema),
  /** What waits for an answer. */
  openRequests: z.array(z.looseObject({ id: z.string(), sessionID: z.string() })),
  newSession: z.object({ id: z.string(), time: z.object({ created: z.number() }) }),
  project: z.object({ id: z.string() }),
  providers: providersSchema,
  session: sessionSchema,
  sessions: z.array(sessionSchema),
  /** What a command of the shell has printed, as the one part of its answer. */
  shell: z.object({
    parts: z.array(z.looseObject({ state: z.looseObject({ output: z._default(z.string(), "") }) })),
  }),
  statuses: z.record(z.string(), z.object({ type: z.string() })),
  textFile: z.object({ type: z.literal("text"), content: z.string() }),
  toolNames: z.array(z.string()),
  worktree: z.object({ name: z.string(), directory: z.string() }),
};

export type Answers = { readonly [Form in keyof typeof forms]: z.infer<(typeof forms)[Form]> };
/** An agent of a directory. */
export type HostAgent = Answers["agents"][number];
/** A configured provider. */
export type HostProvider = Answers["providers"]["providers"][number];
/** A message of a session, with its parts. */
export type HostMessage = Answers["message"];
export type HostSession = Answers["session"];

/** Reads an answer, or says what is wrong with it. */
export function readAnswer<Form extends keyof Answers>(
  form: Form,
  data: unknown,
): { value: Answers[Form]; problem?: undefined } | { value?: undefined; problem: string } {
  const parsed = forms[form].safeParse(data);
  if (parsed.success) return { value: parsed.data as Answers[Form] };
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.path.join(".")}: ${issue?.message}` };
}

/** What an event has told of a message, where that is all of it. */
export function infoIn(data: unknown): HostMessage["info"] | undefined {
  return infoSchema.safeParse(data).data;
}
