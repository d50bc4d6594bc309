import { basename, dirname, isAbsolute } from "node:path";
import type { Files } from "../files/files.ts";
import { logPath, type StatePaths } from "./state-paths.ts";

/**
 * Where the log of a record is: where the record says, since its host may keep its logs in a folder of its own, but for
 * a record that came here with its whole state folder.
 */
export async function locatedLog(
  files: Files,
  paths: StatePaths,
  record: { readonly instanceId: string; readonly logPath: string },
): Promise<string> {
  const own = logPath(paths, record.instanceId);
  if (record.logPath === own) return own;
  // Turns to come are written there, and the end of its time removes it: it has to be a log of this agent.
  if (!isAbsolute(record.logPath) || basename(record.logPath) !== basename(own)) return own;
  if (await isThere(files, record.logPath)) return record.logPath;
  const isMoved = (await isThere(files, own)) || !(await isThere(files, dirname(record.logPath)));
  return isMoved ? own : record.logPath;
}

async function isThere(files: Files, path: string): Promise<boolean> {
  return await files.look(path).then(
    () => true,
    () => false,
  );
}
