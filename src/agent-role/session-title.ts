import { readFile } from "node:fs/promises";
import type { Hooks } from "../opencode/plugin-api.ts";
import { isText, orAbsent, orNull, shape } from "../lib/shape.ts";

const isNamed = shape({ agent: isText, title: isText });
const isSessionEvent = shape({ info: shape({ id: isText, title: isText, parentID: orAbsent(orNull(isText)) }) });

const TITLE_CHARACTERS = 100;
/** opencode's own title, which a model makes, may come behind ours. */
const MOST_TIMES = 3;

export interface SessionTitleParts {
  /** Absent: the first session is the agent's, in which a turn goes on otherwise. */
  readonly sessionId: string | null;
  readonly recordPath: string;
  readonly setTitle: (sessionId: string, title: string) => Promise<unknown>;
  readonly report: (error: unknown) => void;
}

/**
 * Gives the agent's session the agent's title. It is done from inside: what a model has written belongs into no argument
 * of a process, and a session that is made before `opencode run` begins answers no question of a permission.
 */
export function sessionTitle(parts: SessionTitleParts): Required<Pick<Hooks, "event">> {
  let own = parts.sessionId;
  let times = 0;
  let wanted: Promise<string | undefined> | undefined;
  const look = async (sessionId: string, title: string) => {
    const ours = await (wanted ??= titleIn(parts.recordPath));
    if (ours === undefined || title === ours || times === MOST_TIMES) return;
    times += 1;
    await parts.setTitle(sessionId, ours);
  };
  return {
    async event({ event }) {
      const { type, properties }: { type: string; properties: unknown } = event;
      if ((type !== "session.created" && type !== "session.updated") || !isSessionEvent(properties)) return;
      const { id, title, parentID } = properties.info;
      if (parentID == null) own ??= id;
      if (id === own) void look(id, title).catch(parts.report);
    },
  };
}

/** The agent and its title, as the record has them; `undefined` where it cannot be read. */
async function titleIn(path: string): Promise<string | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path, "utf8"));
    if (!isNamed(record)) return undefined;
    const title = record.title.replaceAll(/\s+/g, " ").trim();
    return `${record.agent}: ${Array.from(title).slice(0, TITLE_CHARACTERS).join("")}`;
  } catch {
    // It is no reason to end: the session keeps the title that opencode gives it.
    return undefined;
  }
}
