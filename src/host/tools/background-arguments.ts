/** What models call an agent's id. */
const ID_NAMES = [
  ...(["id", "ids", "agentId", "agentIds", "taskId", "instance", "instances"] as const),
  ...(["title", "titles", "name", "names"] as const),
] as const;

/** The agent that a tool is for. */
export const ONE_AGENT = { type: "string", isName: true, alsoCalled: [...ID_NAMES, "instanceIds"] } as const;

/** The agents that a tool is for: one is asked for, several are done at once. */
export const SOME_AGENTS = {
  type: "string",
  areNames: true,
  maxItems: 32,
  alsoCalled: [...ID_NAMES, "instanceIds"],
} as const;

/** A text for an agent. */
export const PROMPT = {
  type: "string",
  minLength: 1,
  alsoCalled: ["message", "task", "instruction", "instructions", "text", "content", "query"],
} as const;

/** How long a collect waits, in milliseconds. */
export const WAIT_MS = {
  type: "integer",
  minimum: 1000,
  maximum: 1_800_000,
  alsoCalled: ["timeout", "waitMs"],
} as const;
