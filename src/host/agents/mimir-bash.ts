import type { Config, Hooks } from "@opencode-ai/plugin";
import { NewestMap } from "../../newest-map.ts";
import { isText, shape } from "../../shape.ts";
import { isReadOnly } from "../read-only-commands.ts";
import { mimir } from "./mimir.ts";

/** Each of its requests makes a session the newest: none is forgotten while it works. */
const MOST_SESSIONS = 1000;

const hasCommand = shape({ command: isText });

/**
 * Keeps the provided mimir to lines of bash that only read. The host asks its permissions for each command alone: not for
 * `{ cat a; } > b` or `> b`, and not for the words that the shell makes of a command (1.18.33).
 */
export function mimirBash(): Required<Pick<Hooks, "config" | "chat.params" | "tool.execute.before">> {
  let config: Config = {};
  const sessions = new NewestMap<true>(MOST_SESSIONS);
  return {
    async config(given) {
      config = given;
    },
    // The request for a title has an agent of its own, and the message of the session's.
    async "chat.params"({ sessionID, message }) {
      // Which one it is, the plugin's or the user's, is known once all have had the configuration.
      if (message.agent === "mimir" && config.agent?.["mimir"]?.prompt === mimir.prompt) sessions.set(sessionID, true);
      else sessions.delete(sessionID);
    },
    async "tool.execute.before"({ tool, sessionID }, { args }: { args: unknown }) {
      if (tool !== "bash" || !sessions.has(sessionID)) return;
      if (hasCommand(args) && isReadOnly(args.command)) return;
      throw new Error(
        "bash was refused: a rule of mimir's prevents you from running anything but commands that read (ls, cat, head, tail, " +
          "wc, stat, du, file, grep, rg, git log, diff, show, status, blame, ls-files), one after the other or in a pipe, " +
          "without redirections of output, variables, substitutions, loops or options that write.",
      );
    },
  };
}
