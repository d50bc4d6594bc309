import { resolve } from "node:path";
import type { Config, Hooks } from "../../opencode/plugin-api.ts";
import { NewestMap } from "../../lib/newest-map.ts";
import { isText, shape } from "../../lib/shape.ts";
import type { ReadRules } from "../shell/named-files.ts";
import { readReadingCommands, type ReadingCommand } from "../shell/only-reads.ts";
import type { Refusal } from "../shell/plain-commands.ts";
import { isBashCall, ReadingShell } from "../shell/reading-shell.ts";
import { quotedRefusal, READING_NAMES } from "../shell/refusal-text.ts";
import { mimir } from "./mimir.ts";
import { BASH } from "../../opencode/tool-names.ts";

/** Each of its requests makes a session the newest: none is forgotten while it works. */
const MOST_SESSIONS = 1000;

/** Where mimir works. */
export interface MimirBashParts {
  /** Where bash runs when it is told nothing else. */
  readonly directory: string;
  /** What is outside of it is not read. */
  readonly project: string;
}

type MimirBash = Required<Pick<Hooks, "config" | "chat.params" | "tool.execute.before" | "shell.env">>;

/**
 * Keeps the provided mimir to lines of bash that only read, and of named files only those that its rules let it read. The
 * host asks its permissions for each command alone: not for `{ cat a; } > b` or `> b`, not for the words that the shell
 * makes of a command, and of files outside the project for a few commands only.
 */
export function mimirBash({ directory, project }: MimirBashParts): MimirBash {
  let config: Config = {};
  const sessions = new NewestMap<true>(MOST_SESSIONS);
  const shell = new ReadingShell();
  return {
    ...shell.hooks,
    async config(given) {
      config = given;
    },
    // The request for a title has an agent of its own, and the message of the session's.
    async "chat.params"({ sessionID, message }) {
      // Which one it is, the plugin's or the user's, is known once all have had the configuration.
      if (message.agent === "mimir" && config.agent?.["mimir"]?.prompt === mimir.prompt) sessions.set(sessionID, true);
      else sessions.delete(sessionID);
    },
    async "tool.execute.before"({ tool, sessionID, callID }, { args }: { args: unknown }) {
      if (tool !== BASH || !sessions.has(sessionID)) return;
      const { command = "", workdir = "." } = isBashCall(args) ? args : {};
      const found = await readable(command, {
        directory: resolve(directory, workdir),
        project,
        rules: readRules(config.agent?.["mimir"]?.permission),
      });
      if ("why" in found) throw refusal(found);
      shell.allow(sessionID, callID, found);
    },
  };
}

async function readable(
  command: string,
  files: { readonly directory: string; readonly project: string; readonly rules: ReadRules },
): Promise<readonly ReadingCommand[] | Refusal> {
  const commands = await readReadingCommands(command);
  if ("why" in commands) return commands;
  const { findUnreadable } = await import("../shell/named-files.ts");
  return findUnreadable(commands, files) ?? commands;
}

function refusal(found: Refusal): Error {
  return new Error(
    `bash was refused: a rule of mimir's prevents you from running this: ${quotedRefusal(found)}. You may run commands ` +
      `that read (${READING_NAMES}), one after the other or in a pipe, without output to files (2>/dev/null and 2>&1 are ` +
      "fine), variables, substitutions, loops or options that write, on files that you may read.",
  );
}

const hasRead = shape({ read: (value): value is ReadRules => typeof value === "object" && value !== null });
const hasReadWord = shape({ read: isText });

/** The rules of the agent as it is configured. */
function readRules(permission: unknown): ReadRules {
  if (hasRead(permission)) return permission.read;
  if (hasReadWord(permission)) return { "*": permission.read === "allow" ? "allow" : "deny" };
  return {};
}
