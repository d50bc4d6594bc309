import { CloneServer } from "../../../scripts/scripted-host/clone-server.ts";
import type { Server } from "../../../scripts/scripted-host/opencode.ts";
import { PLUGIN, type SandboxSettings } from "../../../scripts/scripted-host/sandbox.ts";
import { CONTRACT_PLACE, contractPlace } from "../../../scripts/test/contract-places.ts";
import type { BackendName } from "../../../src/supervisor/instance.ts";
import type { Rig } from "../rig.ts";
import { PLAIN_LAUNCHER } from "./launcher-rig.ts";

type Settings = Omit<SandboxSettings, "modelUrl">;

/** A place at which the sentences of the contract are tried as on a backend of this machine. */
export interface PlaceElsewhere {
  /** The option `on` of its agents. */
  readonly name: "launcher" | "server";
  /** The backend whose code runs the turns there. */
  readonly backend: BackendName;
  /** What the caller's opencode is set up with, with the place among its options. */
  settings(settings: Settings): Promise<Settings>;
  /** Called once the caller's sandbox is ready. */
  open(rig: Rig): Promise<Opened>;
}

/** A place that is there. */
export interface Opened {
  /** The opencode that has the sessions of its agents; absent: the caller's own has. */
  readonly sessions?: Server["client"];
  close(): Promise<void>;
}

/** The one that was asked for, where it is none of this machine's own backends. */
export function placeElsewhere(): PlaceElsewhere | undefined {
  const name = contractPlace(process.env[CONTRACT_PLACE]);
  if (name === "launcher") return launcher;
  return name === "server" ? server() : undefined;
}

/** The plainest launcher, whose agents share all with their caller. */
const launcher: PlaceElsewhere = {
  name: "launcher",
  backend: "process",
  settings: async (settings) =>
    await Promise.resolve(
      withOptions(settings, (slots) => ({ launchers: { launcher: { command: PLAIN_LAUNCHER, slots } } })),
    ),
  open: async () => await Promise.resolve({ close: async () => await Promise.resolve() }),
};

/** An `opencode serve` with a home and a clone of its own, configured as its caller is. */
function server(): PlaceElsewhere {
  const coming = CloneServer.reserve();
  return {
    name: "server",
    backend: "warm",
    async settings(settings) {
      const { url, clone: directory } = await coming;
      const { config, ...given } = withOptions(settings, (slots) => ({
        servers: [{ name: "server", url, directory, slots }],
      }));
      // opencode adds it where it is not: in the clone that would be a change.
      return { ...given, config: { $schema: "https://opencode.ai/config.json", ...config } };
    },
    async open({ sandbox, model }) {
      const started = await coming;
      return { sessions: await started.start(sandbox, model.url), close: async () => await started.stop() };
    },
  };
}

/** Settings with more options, by how many agents may be at work at once; also where they list the plugin themselves. */
function withOptions(settings: Settings, more: (slots: number) => Record<string, unknown>): Settings {
  const given = settings.options ?? {};
  const { maxConcurrentInstances: slots = 8 } = given as { readonly maxConcurrentInstances?: number };
  const options = { ...given, ...more(slots) };
  const { plugin: listed, ...config } = settings.config ?? {};
  if (!Array.isArray(listed)) return { ...settings, options };
  const plugin = listed.map((each: unknown) => (each === PLUGIN ? [PLUGIN, options] : each));
  return { ...settings, options, config: { ...config, plugin } };
}
