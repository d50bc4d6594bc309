import type { LauncherOptions } from "./launchers.ts";
import type { ServerOptions } from "./servers.ts";

/** Whichever server has a place. */
export const ANY = "any";

/** What says which places elsewhere there are. */
export interface PlaceOptions {
  readonly launchers: Readonly<Record<string, LauncherOptions>>;
  readonly servers: readonly ServerOptions[];
}

/** A place elsewhere, and how many agents run there at once. */
export interface ListedPlace {
  readonly name: string;
  readonly slots: number;
}

/** The places elsewhere that are set up. */
export function placesOf({ launchers, servers }: PlaceOptions): ListedPlace[] {
  return [
    ...Object.entries(launchers).map(([name, { slots }]) => ({ name, slots })),
    ...servers.map(({ name, slots }) => ({ name, slots })),
  ];
}

/** What may be named where an agent is to run, beside here. */
export function placeNames(options: PlaceOptions): string[] {
  return [...placesOf(options).map(({ name }) => name), ...(options.servers.length > 0 ? [ANY] : [])];
}
