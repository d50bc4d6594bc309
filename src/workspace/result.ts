import { listed } from "./file-names.ts";

/** Why something with a folder of an agent's own could not be done. */
export type FolderReason =
  | "no_git"
  | "old_git"
  | "no_repository"
  | "state_inside"
  | "no_folder"
  | "nothing_to_do"
  | "at_work"
  | "conflict"
  | "changed"
  | "busy"
  | "setup_failed"
  | "git_failed"
  | "disk";

/** What came of something that may fail: a value, or the reason with words for a person. */
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

export interface Failure {
  readonly ok: false;
  readonly reason: FolderReason;
  readonly error: string;
  /** The files in question, where there are some. */
  readonly files?: readonly string[];
}

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failure(reason: FolderReason, error: string, files?: readonly string[]): Failure {
  return { ok: false, reason, error, ...(files === undefined ? {} : { files: listed(files) }) };
}
