import type { Config, Hooks } from "../opencode/plugin-api.ts";
import { readFile, realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathIn } from "../files/path-in.ts";
import { ChangedFiles } from "../ledger/changed-files.ts";
import { FileLedger, type Author, type FileCall, type Stale } from "../ledger/file-ledger.ts";
import { staleText, type NamedAgent } from "../ledger/stale-text.ts";
import { othersAtWork, takingBackText } from "./others-at-work.ts";
import { isBashCall, type BashCall } from "./shell/reading-shell.ts";
import { commandsTakingBack } from "./shell/takes-back.ts";
import { NewestMap } from "../lib/newest-map.ts";
import { changedPaths } from "../opencode/changed-paths.ts";
import { isText, oneOf, shape } from "../lib/shape.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { BASH, EDITS, READ } from "../opencode/tool-names.ts";

const MOST_SESSIONS = 500;

const hasPath = shape({ filePath: isText });
const isNamed = shape({ agent: isText, title: isText });
const isFailed = shape({ type: oneOf("tool"), callID: isText, state: shape({ status: oneOf("error") }) });

export interface LedgerHooksParts {
  readonly directory: string;
  /** Where what all processes know of changed files is kept. */
  readonly folder: string;
  /** The folder of the agents' records: a change is told by the name of its agent. */
  readonly recordDir: string;
  /** The background agent whose session it is. */
  readonly instanceOf: (sessionId: string) => Promise<string | undefined>;
  readonly report: (message: string, cause: unknown) => void;
}

type LedgerHooks = Required<
  Pick<Hooks, "config" | "chat.message" | "event" | "tool.execute.before" | "tool.execute.after">
>;

/** Sessions that share a folder do not overwrite what they have not seen. */
export function ledgerHooks({ directory, folder, recordDir, instanceOf, report }: LedgerHooksParts): LedgerHooks {
  const ledger = new FileLedger({ directory, changes: new ChangedFiles(folder), report });
  const agents = new NewestMap<string>(MOST_SESSIONS);
  const authorOf = async (sessionId: string): Promise<Author> => {
    const instanceId = await instanceOf(sessionId).catch(() => undefined);
    return { sessionId, instanceId, agent: agents.get(sessionId) ?? "unknown" };
  };
  const told = async (stale: Stale) => {
    const shown = pathIn(stale.path, directory, await realpath(directory).catch(() => directory));
    return staleText(stale, shown, await namedAgent(recordDir, stale));
  };
  let config: Config = {};
  const permissionOf = (agent: string) => config.agent?.[agent]?.permission;
  const refuseTakingBack = async ({ command: line, workdir = "." }: BashCall, sessionId: string) => {
    for (const { command, folders } of await commandsTakingBack(line)) {
      // A copy of the folder is nobody else's.
      const parts = { directory: resolve(directory, workdir, ...folders), recordDir, permissionOf };
      const atWork = await othersAtWork(parts, await instanceOf(sessionId).catch(() => undefined));
      if (atWork.length > 0) throw new Error(`bash was refused: ${takingBackText(command, atWork)}`);
    }
  };
  return {
    async config(given) {
      config = given;
    },
    async "chat.message"({ sessionID, agent }) {
      if (agent !== undefined) agents.set(sessionID, agent);
    },
    async "tool.execute.before"({ tool, sessionID, callID }, { args }: { args: unknown }) {
      if (tool === BASH && isBashCall(args)) await refuseTakingBack(args, sessionID);
      const files = filesOf(tool, args);
      if (files === undefined) return;
      const stale = await ledger.begin({ ...files, callId: callID, author: await authorOf(sessionID) });
      if (stale.length === 0) return;
      throw new Error(`${tool} was refused: ${(await Promise.all(stale.map(told))).join("\n")}`);
    },
    async "tool.execute.after"({ tool, sessionID, callID, args }) {
      const files = filesOf(tool, args);
      if (files !== undefined) await ledger.done({ ...files, callId: callID, author: await authorOf(sessionID) });
    },
    async event({ event }) {
      if (event.type !== "message.part.updated") return;
      const { part }: { part: unknown } = event.properties;
      // The hook after a call is not called when that fails.
      if (isFailed(part)) await ledger.failed(part.callID);
    },
  };
}

function filesOf(tool: string, args: unknown): Pick<FileCall, "does" | "paths"> | undefined {
  if (tool === READ) return hasPath(args) ? { does: "read", paths: [args.filePath] } : undefined;
  const paths = changedPaths(tool, args);
  if (paths.length === 0) return undefined;
  return { does: EDITS.includes(tool) ? "edit" : "overwrite", paths };
}

async function namedAgent(recordDir: string, { change }: Stale): Promise<NamedAgent | undefined> {
  const instanceId = change?.instanceId;
  if (instanceId === undefined || !INSTANCE_ID.test(instanceId)) return undefined;
  try {
    const record: unknown = JSON.parse(await readFile(join(recordDir, `${instanceId}.json`), "utf8"));
    return isNamed(record) ? record : undefined;
  } catch {
    // Its record is gone, the change is still there.
    return undefined;
  }
}
