import { nearestName } from "../config/nearest-name.ts";
import type { Options } from "../config/options.ts";
import { ANY, placeNames, placesOf, type PlaceOptions } from "../config/places.ts";

/** Where an agent is to run: `on` is absent for this machine; or why it cannot be told. */
export type PlaceMeant =
  | { readonly ok: true; readonly on: string | undefined }
  | { readonly ok: false; readonly error: string };

/** What models call the machine of the caller. */
const HERE = new Set(["here", "local", "localhost"]);

/**
 * The place that is meant, also in other letters; the default where none is named.
 *
 * @param free how many more agents may run there now
 */
export function placeMeant(
  asked: string | undefined,
  options: PlaceOptions & Pick<Options, "defaultLauncher">,
  free: (place: string) => number,
): PlaceMeant {
  const names = placeNames(options);
  if (asked === undefined) return { ok: true, on: options.defaultLauncher ?? undefined };
  const exact = names.find((name) => name === asked);
  const folded = names.filter((name) => name.toLowerCase() === asked.toLowerCase());
  const found = exact ?? (folded.length === 1 ? folded[0] : undefined);
  if (found !== undefined) return { ok: true, on: found };
  if (HERE.has(asked.toLowerCase())) return { ok: true, on: undefined };
  const word = JSON.stringify(asked.slice(0, 60));
  if (names.length === 0) {
    return {
      ok: false,
      error: `There is no place ${word}: none is set up (options "launchers" and "servers"). Leave "on" out: the agent runs here.`,
    };
  }
  const near = nearestName(asked, names);
  const known = [
    ...placesOf(options).map(({ name, slots }) => `${name} (${inWords(free(name), slots)})`),
    ...(names.includes(ANY) ? ["any (a server with room)"] : []),
  ].join(", ");
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  return { ok: false, error: `There is no place ${word}. There are here, ${known}.${hint}` };
}

/** How much of a place is free. */
export function inWords(free: number, slots: number): string {
  return `${free} of ${slots} free`;
}
