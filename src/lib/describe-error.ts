/** What a person can do about an error of the system, or of SQLite, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: "The disk is full: free some space on it.",
  EDQUOT: "What this user may store on that disk is used up: remove something, or have the quota raised.",
  EROFS: "That disk is mounted read-only: mount it writable, or choose another folder.",
  EACCES: "This user has no right to it: change its permissions or its owner, or choose another place.",
  EPERM: "The system does not allow it: look at its owner, its attributes and the sandbox that opencode runs in.",
  EMFILE: "This process has too many files open: end some agents, or raise its limit (ulimit -n) and start it again.",
  ENFILE: "This machine has too many files open: end what holds them, or raise its limit.",
  ENOMEM: "There is no memory left: end some agents or other programs.",
  EAGAIN: "The system has no more processes or memory to give: end some programs, or raise the limit (ulimit -u).",
  EIO: "The disk does not work as it should: look into the system's log, and choose another one.",
  ENOTDIR: "A file lies where a folder should: move it away.",
  EISDIR: "A folder lies where a file should: move it away.",
  ELOOP: "A link lies there, which is not followed: put a plain file or folder in its place.",
  ENAMETOOLONG: "The path is too long: choose a folder with a shorter one.",
  SQLITE_FULL: "The disk is full: free some space on it.",
  SQLITE_READONLY: "It cannot be written to: change its permissions, or mount its disk writable.",
  SQLITE_CANTOPEN: "It cannot be opened: look at the permissions of its folder, and at how many files are open.",
};

/** What was thrown, in words for a person: what happened to which file, and what helps. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error === "string" ? error : (JSON.stringify(error) ?? "unknown error");
  const { message } = error;
  const advice = "code" in error ? ADVICE[String(error.code)] : undefined;
  // It may be said already, by what is told on.
  if (advice === undefined || message.includes(advice)) return message;
  const path = "path" in error && typeof error.path === "string" ? error.path : "";
  return `${message}${message.includes(path) ? "" : ` '${path}'`}. ${advice}`;
}
