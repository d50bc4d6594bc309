import type { Instance } from "../supervisor/instance.ts";
import { isAnything, isText, listOf, orAbsent, orNull, shape, type Checked } from "../lib/shape.ts";

/** An agent whose session is not known. */
export type SoughtAgent = Pick<Instance, "instanceId" | "parent" | "createdAt">;

const isSession = shape({ id: isText, title: orAbsent(orNull(isText)), metadata: isAnything });
const areSessions = listOf(isSession);
const hasInstance = shape({ bizar: shape({ instanceId: isText }) });
const MOST_SESSIONS = 1000;

/** What a list of the sessions that nobody is the parent of, of all folders of a project, is asked for (1.18.33). */
export function rootsSince(start: number): { directory?: string } & Record<string, unknown> {
  return { roots: true, scope: "project", start, limit: MOST_SESSIONS };
}

/**
 * The session of an agent, in lists as opencode gives them.
 *
 * @throws Error where one is none
 */
export function agentSessionIn(lists: readonly unknown[], instanceId: string): string | undefined {
  for (const list of lists) {
    if (!areSessions(list)) throw new Error("opencode gave its sessions in a form this plugin does not know.");
    const found = list.find((session) => isOfAgent(session, instanceId));
    if (found !== undefined) return found.id;
  }
  return undefined;
}

/** Warm, or named anew, it says so beside its title; until then its title does. */
function isOfAgent({ title, metadata }: Checked<typeof isSession>, instanceId: string): boolean {
  if (hasInstance(metadata)) return metadata.bizar.instanceId === instanceId;
  return title?.startsWith("bgr:") === true && title.endsWith(`:${instanceId}`);
}
