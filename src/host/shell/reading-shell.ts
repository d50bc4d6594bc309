import { resolve } from "node:path";
import type { Hooks } from "../../opencode/plugin-api.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { isText, orAbsent, shape, type Checked } from "../../lib/shape.ts";
import type { ReadingCommand } from "./only-reads.ts";

const MOST_REMEMBERED = 100;

/** The arguments of the host's bash. */
export const isBashCall = shape({ command: isText, workdir: orAbsent(isText) });
export type BashCall = Checked<typeof isBashCall>;

/** Gives bash lines that are let through because they only read an environment in which they do. */
export class ReadingShell {
  readonly #lines = new NewestMap<readonly ReadingCommand[]>(MOST_REMEMBERED);

  /** A line is about to be run by this call. */
  allow(sessionId: string, callId: string, commands: readonly ReadingCommand[]): void {
    this.#lines.set(keyOf(sessionId, callId), commands);
  }

  readonly hooks: Required<Pick<Hooks, "shell.env">> = {
    "shell.env": async ({ cwd, sessionID = "", callID = "" }, { env }) => {
      const key = keyOf(sessionID, callID);
      const commands = this.#lines.get(key);
      if (commands === undefined) return;
      this.#lines.delete(key);
      Object.assign(env, await environmentFor(commands, cwd, { ...process.env, ...env }));
    },
  };
}

/** The environment in which these commands only read, whatever is configured where they run. */
export async function environmentFor(
  commands: readonly ReadingCommand[],
  cwd: string,
  before: NodeJS.ProcessEnv,
): Promise<Record<string, string>> {
  const [{ readingEnvironment }, { neutralDrivers }, { directoriesOf }] = await Promise.all([
    import("./git-settings.ts"),
    import("./configured-drivers.ts"),
    import("./named-files.ts"),
  ]);
  const hasGit = commands.some(({ words }) => words[0]?.text === "git");
  return readingEnvironment(before, hasGit ? await neutralDrivers(directoriesOf(commands, resolve(cwd))) : []);
}

function keyOf(sessionId: string, callId: string): string {
  return `${sessionId}\0${callId}`;
}
