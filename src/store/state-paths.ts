import { join } from "node:path";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import { namesIn, systemFiles, type Files } from "../files/files.ts";

/** `wrm_` and a ULID. */
const SERVER_ID = /^wrm_[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Where everything of the plugin lies on disk. */
export interface StatePaths {
  readonly stateDir: string;
  readonly recordDir: string;
  readonly logDir: string;
  /** What is known of files that sessions have changed. */
  readonly changeDir: string;
  /** The folders of agents that have one of their own. */
  readonly worktreeDir: string;
  /** The short lists of models for agents. */
  readonly modelDir: string;
}

export function statePaths(
  stateDir: string,
  logDir: string,
  worktreeDir: string = join(stateDir, "worktrees"),
): StatePaths {
  return {
    stateDir,
    recordDir: join(stateDir, "bg"),
    logDir,
    worktreeDir,
    modelDir: join(stateDir, "models"),
    changeDir: join(stateDir, "changes"),
  };
}

/** Where decisions on plans are kept, and the key with which they are. Only the store writes there. */
export function decisionsFolder(stateDir: string): string {
  return join(stateDir, "decisions");
}

/** Makes the folders of the state, readable by their owner only: prompts and results are nobody else's. */
export async function makeFolders(paths: StatePaths, files: Files = systemFiles): Promise<void> {
  await files.makeFolder(paths.stateDir);
  await files.makeFolder(paths.recordDir);
  await files.restrict(paths.recordDir);
}

export function recordPath(paths: Pick<StatePaths, "recordDir">, instanceId: string): string {
  return join(paths.recordDir, `${checked(instanceId)}.json`);
}

export function resultPath(paths: StatePaths, instanceId: string): string {
  return join(paths.recordDir, `${checked(instanceId)}.result.md`);
}

/** Whether there is a record of an instance, whoever can read it. */
export async function hasRecordFile(
  paths: StatePaths,
  instanceId: string,
  files: Files = systemFiles,
): Promise<boolean> {
  return (await namesIn(files, paths.recordDir)).some((name) => name.startsWith(`${checked(instanceId)}.json`));
}

/** Another file of an instance beside its record. */
export function instancePath(paths: StatePaths, instanceId: string, suffix: string): string {
  return join(paths.recordDir, `${checked(instanceId)}${suffix}`);
}

export function logPath(paths: StatePaths, instanceId: string): string {
  return join(paths.logDir, `${checked(instanceId)}.log`);
}

/** The log of a server of warm agents. */
export function serverLogPath(paths: StatePaths, serverId: string): string {
  if (!SERVER_ID.test(serverId)) throw new Error(`"${serverId}" is no server id: expected wrm_ and a ULID.`);
  return join(paths.logDir, `warm-server-${serverId}.log`);
}

/** An id that becomes a file name is checked first: `../` and the like never reach a path. */
function checked(instanceId: string): string {
  if (!INSTANCE_ID.test(instanceId)) {
    throw new Error(`"${instanceId}" is no instance id: expected bgr_ and 26 characters of a ULID.`);
  }
  return instanceId;
}
