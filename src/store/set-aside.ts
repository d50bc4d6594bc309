import { rename } from "node:fs/promises";

/** How the name of a file ends that was set aside: with the time in milliseconds. For a regular expression. */
export const ASIDE_ENDING = String.raw`\.corrupt-(\d{13})`;

/**
 * Gives a file that holds nothing of use another name, under which a person finds what was in it.
 *
 * @returns its new path
 */
export async function setAside(
  path: string,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<string> {
  const aside = `${path}.corrupt-${Date.now()}`;
  await move(path, aside);
  return aside;
}
