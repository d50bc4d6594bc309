import type { PlaceElsewhere } from "./contract-places.ts";

type Reasons = Readonly<Record<string, string>>;

const SPAWN_ANSWER =
  "the answer to a spawn names the agent once and says what not to do; that to a collect is the result and little else";
const SAYS_WHERE = "its answers say where it runs, and what is free there";

const ON_LAUNCHER: Reasons = { [SPAWN_ANSWER]: SAYS_WHERE };

const IN_COPY = "it works in a copy of the files, and not in its parent's folder";
const OUT_OF_SIGHT = "nothing leads to what has left its working tree and its environment";

const ON_SERVER: Reasons = {
  [SPAWN_ANSWER]: SAYS_WHERE,
  "record, result and log of an agent are on disk, for their owner only, and say what happened": IN_COPY,
  "in a folder without git, where the worktree is /, an agent runs in its parent's folder": IN_COPY,
  "in a subfolder of a repository with its own opencode.json the agent runs there, with that configuration": IN_COPY,
  "two agents' changes of one file and of others, and the user's own meanwhile, all come to stand there": IN_COPY,
  "what has cleared its environment is ended when its agent is done, and the log says what it was": OUT_OF_SIGHT,
  "and with a killed agent, also where the bash of a native subagent has left it": OUT_OF_SIGHT,
  "an agent that is done takes nothing along that another one has left": OUT_OF_SIGHT,
  "when its own opencode is killed from outside it has failed, and what was seen of it is ended":
    "its opencode is a server that may come back",
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
