import { isAbsolute, relative, resolve, sep } from "node:path";

/**
 * A path as those write it who work in a folder: relative where it lies in that, whole elsewhere.
 *
 * @param folders the names of the one folder, where links lead to it as well
 */
export function pathIn(path: string, ...folders: readonly [string, ...string[]]): string {
  const whole = resolve(folders[0], path);
  const inside = folders.map((folder) => relative(folder, whole)).find((each) => isInside(each));
  return inside ?? whole;
}

function isInside(path: string): boolean {
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}
