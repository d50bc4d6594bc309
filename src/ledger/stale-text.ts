import type { Change } from "./changed-files.ts";
import type { Stale } from "./file-ledger.ts";

const MOST_TITLE_CHARACTERS = 60;

/** The background agent that a change is of, as its record tells it. */
export interface NamedAgent {
  readonly agent: string;
  readonly title: string;
}

/**
 * What a session is told that would have overwritten others' changes.
 *
 * @param shown the path as the session writes it
 * @param agent the background agent that the change is of, where it is one's
 */
export function staleText({ change, wasSeen }: Stale, shown: string, agent: NamedAgent | undefined): string {
  const file = JSON.stringify(shown);
  const who = change === undefined ? "outside opencode" : `by ${author(change, agent)}`;
  const what = wasSeen
    ? `${file} was changed ${who} since you read it; read it again.`
    : `${file} was written ${who}, and you have not read it; read it first.`;
  return `${what} A whole new content would undo that change; an edit of the place you mean keeps it.`;
}

function author({ agent }: Change, named: NamedAgent | undefined): string {
  if (named === undefined) return `another session (${agent})`;
  const title =
    named.title.length > MOST_TITLE_CHARACTERS ? `${named.title.slice(0, MOST_TITLE_CHARACTERS)}…` : named.title;
  return `${named.agent} ${JSON.stringify(title)}`;
}
