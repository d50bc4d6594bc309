import { readlinkSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve, sep } from "node:path";

const SECRET_FOLDERS = [".ssh", ".gnupg", ".aws", ".kube"];
/** As many as the system follows before it takes them for a circle. */
const MOST_LINKS = 40;

/**
 * Tells whether a folder that the plugin would write to lies at or under one that holds credentials, links resolved.
 * Synchronous: while opencode starts, each step that has to wait for the event loop takes milliseconds.
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

/** `realpath`, also of what is not there yet: links are followed, and the rest of the path stands behind them. */
function resolveLinks(path: string, mostLinks = MOST_LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    // The path, or a part of it, is not there yet, or is a link to what is not there yet.
    const parent = dirname(path);
    if (parent === path) return path;
    const folder = resolveLinks(parent, mostLinks);
    const target = mostLinks === 0 ? undefined : linkTarget(join(folder, basename(path)));
    return target === undefined ? join(folder, basename(path)) : resolveLinks(resolve(folder, target), mostLinks - 1);
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // No link, or nothing at all.
    return undefined;
  }
}
