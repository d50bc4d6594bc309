import type { PlaceElsewhere } from "./contract-places.ts";

type Reasons = Readonly<Record<string, string>>;

const ON_LAUNCHER: Reasons = {};

const IN_COPY = "it works in a copy of the files, and not in its parent's folder";

const REFUSES =
  "its opencode refuses all that is asked at once with the first, and ends the turn: that is its own configuration";

const ON_SERVER: Reasons = {
  "record, result and log of an agent are on disk, for their owner only, and say what happened": IN_COPY,
  "in a folder without git, where the worktree is /, an agent runs in its parent's folder": IN_COPY,
  "an agent does not allow itself: no command of its own answers":
    "its home is another one, where nobody knows of the agents of here",
  "several that are refused in one message are told each, once, and the others of it have run": REFUSES,
};

/** The sentences of the contract that do not hold at a place elsewhere, each with the reason; all others do. */
export const NOT_THERE: Readonly<Record<PlaceElsewhere["name"], Reasons>> = {
  launcher: ON_LAUNCHER,
  server: ON_SERVER,
};

/** Why a sentence does not hold there; `undefined`: it does. */
export function whyNotThere(place: PlaceElsewhere["name"], sentence: string): string | undefined {
  return NOT_THERE[place][sentence];
}
