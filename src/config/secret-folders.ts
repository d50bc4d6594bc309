import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, sep } from "node:path";

const SECRET_FOLDERS = [".ssh", ".gnupg", ".aws", ".kube"];

/**
 * Tells whether a folder that the plugin would write to lies at or under one that holds credentials, links resolved.
 * Synchronous: while opencode starts, each step that has to wait for the event loop takes milliseconds (1.18.33).
 *
 * @param path absolute; need not exist yet
 * @returns the secret folder, or `undefined` when the path is fine
 */
export function secretFolderOf(path: string, home: string = homedir()): string | undefined {
  const target = resolveLinks(path);
  for (const name of SECRET_FOLDERS) {
    const secret = join(home, name);
    for (const candidate of [secret, resolveLinks(secret)]) {
      if (target === candidate || target.startsWith(candidate + sep)) return secret;
      if (path === candidate || path.startsWith(candidate + sep)) return secret;
    }
  }
  return undefined;
}

/** `realpath` of the deepest ancestor that exists, with the rest of the path behind it. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // The path, or a part of it, is not there yet: its nearest existing ancestor decides.
    const parent = dirname(path);
    return parent === path ? path : join(resolveLinks(parent), basename(path));
  }
}
