import { copyFile, lstat, rename, rm } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { realTarget } from "../lib/real-target.ts";
import { PATCH_HEADERS } from "../opencode/changed-paths.ts";
import type { OwnPlace } from "../workspace/own-folder-of.ts";

/** A path as it means the copy: below the caller's folder it is the same place there, any other one is as it is. */
export function inCopy(place: OwnPlace, path: string): string {
  return placeInCopy(place, resolve(place.directory, path.trim())) ?? path;
}

/**
 * The place in the copy of what is below the caller's folder, by whatever way it leads there; `undefined` for anything
 * else.
 */
export function placeInCopy({ originals, copy }: OwnPlace, absolute: string): string | undefined {
  for (const path of new Set([absolute, realTarget(absolute)])) {
    if (isBelow(copy, path)) continue;
    const original = originals.find((each) => isBelow(each, path));
    if (original !== undefined) return resolve(copy, relative(original, path));
  }
  return undefined;
}

/** A patch whose headers name files of the copy. */
export function patchInCopy(place: OwnPlace, patch: string): string {
  return patch
    .split("\n")
    .map((line) => {
      const header = PATCH_HEADERS.find((start) => line.startsWith(start));
      return header === undefined ? line : `${header} ${inCopy(place, line.slice(header.length).trim())}`;
    })
    .join("\n");
}

/** A pattern for files below the caller's folder, as one for those of the copy, and where it is looked for there. */
export function patternInCopy(
  place: OwnPlace,
  pattern: string,
): { readonly path: string; readonly pattern: string } | undefined {
  const original = place.originals.find((each) => pattern.startsWith(`${each}/`));
  return original === undefined ? undefined : { path: place.copy, pattern: pattern.slice(original.length + 1) };
}

/** Gives the agent a file of its own, where it shares one with the caller's modules. */
export async function unshare({ copy, directory }: OwnPlace, path: string): Promise<void> {
  const target = resolve(directory, path);
  const status = await lstat(target).catch(() => undefined);
  if (!isBelow(copy, target) || status?.isFile() !== true || status.nlink === 1) return;
  const own = `${target}.bizar-own`;
  try {
    await copyFile(target, own);
    await rename(own, target);
  } catch (error) {
    await rm(own, { force: true });
    throw error;
  }
}

export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
