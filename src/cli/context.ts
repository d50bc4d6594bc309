import { readOptions } from "../config/options.ts";
import { secretFolderOf } from "../config/secret-folders.ts";
import { createIdentity } from "../processes/supervisor-identity.ts";
import { ownEvidence, whoseAct } from "../processes/whose-act.ts";
import { RecordFolder } from "../store/record-folder.ts";
import { statePaths } from "../store/state-paths.ts";
import { CommandError, type CommandContext } from "./command.ts";
import { openWorkspace } from "../workspace/open-workspace.ts";
import { print } from "./print.ts";

/** The command line shows none, and listens nowhere. */
const NO_PAGES = { ownPorts: () => [], isBrowser: () => false };

/** What the commands work with: the same folders as the plugin's, by the same environment. */
export function createContext(environment: NodeJS.ProcessEnv = process.env): CommandContext {
  if (process.platform === "win32") throw new CommandError("Bizar runs on Linux and macOS. Use it inside WSL.");
  const { options, warnings } = readOptions(undefined, environment);
  for (const warning of warnings) warn(warning);
  const secret = secretFolderOf(options.stateDir) ?? secretFolderOf(options.logDir);
  if (secret !== undefined) {
    throw new CommandError(`The state or log folder is under ${secret}, where credentials are kept: choose another.`);
  }
  const paths = statePaths(options.stateDir, options.logDir, options.worktreeDir);
  return {
    options,
    paths,
    // Only looks: what is no record is its owner's to move.
    records: new RecordFolder(paths, warn, "leave"),
    workspace: openWorkspace({ ...options, ...paths }),
    identity: createIdentity(),
    whoseAct: () => whoseAct(ownEvidence({ program: "command", ...NO_PAGES }), { kind: "command" }),
    print,
    warn,
    colours: process.stdout.isTTY && (environment["NO_COLOR"] ?? "") === "",
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
  };
}

function warn(line: string): void {
  process.stderr.write(`opencode-bizar: ${line}\n`);
}
