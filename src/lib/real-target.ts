import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** What a path leads to, with the links on its way followed; the end of it need not be there yet. */
export function realTarget(path: string, links = MOST_LINKS): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    if (above === path || links === 0) return path;
    const place = join(realTarget(above, links), basename(path));
    const next = linkAt(place);
    return next === undefined ? place : realTarget(resolve(dirname(place), next), links - 1);
  }
}

/** Where a link leads that leads to nothing yet: what is written there comes into being. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
