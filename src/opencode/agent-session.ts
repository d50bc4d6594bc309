import type { Instance } from "../supervisor/instance.ts";
import type { HostSession } from "./answers.ts";
import { agentIn } from "./own-metadata.ts";

/** An agent whose session is not known. */
export type SoughtAgent = Pick<Instance, "instanceId" | "parent" | "createdAt">;

const MOST_SESSIONS = 1000;

/** What a list of the sessions that nobody is the parent of, of all folders of a project, is asked for (1.18.33). */
export function rootsSince(start: number): { roots: true; scope: "project"; start: number; limit: number } {
  return { roots: true, scope: "project", start, limit: MOST_SESSIONS };
}

/** The session of an agent, where it is one of these. */
export function agentSessionIn(sessions: readonly HostSession[], instanceId: string): string | undefined {
  return sessions.find((session) => isOfAgent(session, instanceId))?.id;
}

/** Warm, or named anew, it says so beside its title; until then its title does. */
function isOfAgent({ title, metadata }: HostSession, instanceId: string): boolean {
  const named = agentIn(metadata);
  if (named !== undefined) return named === instanceId;
  return title?.startsWith("bgr:") === true && title.endsWith(`:${instanceId}`);
}
