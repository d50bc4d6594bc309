import { versionOf } from "../backends/process/host-version.ts";
import { checkLauncher } from "../backends/process/check-launcher.ts";
import type { PlaceCheck } from "../backends/place-check.ts";
import { checkServer } from "../backends/servers/check-server.ts";
import { reachServer } from "../backends/servers/reach-server.ts";
import { nearestName } from "../config/nearest-name.ts";
import { readOptions } from "../config/options.ts";
import { placesOf } from "../config/places.ts";
import { once } from "../lib/once.ts";
import { systemClock } from "../lib/system-clock.ts";
import { plainLine } from "../text/plain-text.ts";
import { table } from "../text/table.ts";
import { CommandError, type Command } from "./command.ts";
import { configuredOptions } from "./configured-options.ts";

/** An engine may have the line full. */
const LIMIT_MS = 60_000;
const LINE_CHARACTERS = 400;

/** `doctor`: whether the places elsewhere have what an agent needs, and what to do where they have not. */
export const doctor: Command = {
  usage: "doctor [<place>]",
  summary:
    "Looks whether agents can run at the places elsewhere: reached, opencode, git, folder, a file there and back.",
  takesId: "maybe",
  flags: {},
  async run({ print, warn }, { positionals: [wanted] }) {
    const directory = process.cwd();
    const found = await configuredOptions(directory, process.env);
    const { options, warnings } = readOptions(found?.raw, process.env);
    for (const warning of warnings) warn(warning);
    const places = placesOf(options).map(({ name }) => name);
    if (places.length === 0) {
      const where =
        found === undefined ? "no opencode.json here has options of this plugin" : `${found.path} sets none up`;
      throw new CommandError(`There are no places elsewhere: ${where} (options "launchers" and "servers").`);
    }
    if (wanted !== undefined && !places.includes(wanted)) {
      const near = nearestName(wanted, places);
      const hint = near === undefined ? "" : ` Did you mean ${near}?`;
      throw new CommandError(`There is no place "${wanted}". There are ${places.join(", ")}.${hint}`, 2);
    }
    const binary = options.opencodeBinary ?? "opencode";
    const version = once(async () => await versionOf(binary, process.env));
    const check = async (name: string): Promise<PlaceCheck[]> => {
      const launcher = options.launchers[name];
      if (launcher !== undefined) {
        return await checkLauncher(launcher, { binary, version: await version(), directory, limitMs: LIMIT_MS });
      }
      const server = options.servers.find((each) => each.name === name);
      if (server === undefined) return [];
      const parts = { options: server, environment: process.env, version, fetch: reachServer, clock: systemClock };
      return await checkServer(parts);
    };
    // One that does not answer keeps no other one waiting.
    const all = await Promise.all(
      (wanted === undefined ? places : [wanted]).map(async (name) => ({ name, looked: await check(name) })),
    );
    const rows = all.flatMap(({ name, looked }) =>
      looked.map(({ what, isGood, words }) => [name, what, isGood ? "ok" : "NO", plainLine(words, LINE_CHARACTERS)]),
    );
    await print(table(["PLACE", "WHAT", "", "FOUND, OR WHAT TO DO"], rows));
    return all.every(({ looked }) => looked.every(({ isGood }) => isGood)) ? 0 : 1;
  },
};
