import { thingsMeant } from "../text/things-meant.ts";

/** What an agent is known by: its id, and a title that its session may have given to others as well. */
interface Titled {
  readonly instanceId: string;
  readonly title: string;
  readonly parent: { readonly sessionId: string };
}

const PREFIX = /^bgr_/i;

/**
 * The agents that a name means: an id, the start or the end of one, or a title.
 *
 * @param sessionId the session of whoever says it: its own agents come before all others
 */
export function agentsMeant<R extends Titled>(records: readonly R[], name: string, sessionId?: string): readonly R[] {
  const own = sessionId === undefined ? [] : records.filter(({ parent }) => parent.sessionId === sessionId);
  for (const among of [own, records]) {
    const meant = thingsMeant(among, name, {
      idOf: ({ instanceId }) => instanceId,
      titleOf: ({ title }) => title,
      isId: ({ instanceId }, given) => bare(instanceId) === bare(given),
      byStart: true,
    });
    if (meant.length > 0) return meant;
  }
  return [];
}

/** The agents whose ids end with so few characters that {@link agentsMeant} takes them for a slip. */
export function agentsEndingWith<R extends Titled>(records: readonly R[], name: string): readonly R[] {
  const end = bare(name.trim());
  return end === "" ? [] : records.filter(({ instanceId }) => bare(instanceId).endsWith(end));
}

/** An id without what all ids begin with, in capital letters. */
function bare(id: string): string {
  return id.replace(PREFIX, "").toUpperCase();
}
