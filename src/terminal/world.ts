import type { TuiPluginApi } from "../opencode/terminal-api.ts";
import { createSignal } from "solid-js";
import { terminalEnd, type TerminalEnd } from "../halves/channel.ts";
import type { HereNotice, Notice } from "../halves/messages.ts";
import type { BaseClock } from "../lib/clock.ts";
import { systemClock } from "../lib/system-clock.ts";
import { liveInstances } from "../processes/live-instances.ts";
import { isAlive, type AgentNow } from "./agent-now.ts";
import type { AgentsWatch } from "./agents-watch.ts";
import type { Watches } from "./start-watch.ts";
import type { TasksDone } from "./tasks-done.ts";
import { Ticking } from "./ticking.ts";

/** What the screen shows, as signals: what reads one is drawn anew when it has changed. */
export interface World {
  readonly api: TuiPluginApi;
  /** Every agent that is known, oldest first. */
  readonly agents: () => readonly AgentNow[];
  /** The plans that wait for the user. */
  readonly plans: () => readonly string[];
  /** How far the plans have come that agents work from, by `planKey`. */
  readonly tasks: () => ReadonlyMap<string, TasksDone>;
  /** Milliseconds since the epoch; it stands still while no agent lives. */
  readonly now: () => number;
  /** The server half of this directory, once it has said where it is. */
  readonly server: () => HereNotice | undefined;
  /** The server half is in another process, on another machine perhaps. */
  readonly isAttached: boolean;
  /** Follows the records; `undefined` before the server half has said where they are. */
  readonly watch: () => AgentsWatch | undefined;
  readonly halves: TerminalEnd;
  /** What came of the last act, for the screen of agents: opencode shows its toasts on its own screens only. */
  readonly said: () => Said | undefined;
  readonly say: (said: Said | undefined) => void;
}

export interface Said {
  readonly tone: "info" | "success" | "warning" | "error";
  readonly text: string;
}

/** Agents of this opencode, or of its folder: those that the user of this screen has to do with. */
export function isHere({ api }: Pick<World, "api">, { record }: AgentNow): boolean {
  return record.supervisor.pid === process.pid || record.directory === api.state.path.directory;
}

/** Connects the screen with the records and the server half. */
export function createWorld(
  api: TuiPluginApi,
  answered: (notice: Extract<Notice, { kind: "answered" }>) => void,
  clock: BaseClock = systemClock,
): World {
  const [agents, setAgents] = createSignal<readonly AgentNow[]>([]);
  const [tasks, setTasks] = createSignal<ReadonlyMap<string, TasksDone>>(new Map());
  const [now, setNow] = createSignal(clock.now());
  const [server, setServer] = createSignal<HereNotice>();
  const [watches, setWatches] = createSignal<Watches>();
  const [said, say] = createSignal<Said>();
  const ticking = new Ticking(clock, () => {
    setNow(clock.now());
    void watches()?.agents.lookAtOwners();
  });
  const follow = (all: readonly AgentNow[]) => {
    ticking.need(all.some((agent) => isAlive(agent)));
    setNow(clock.now());
    setAgents(all);
  };
  const start = async (here: HereNotice) => {
    // Only what has something to show loads the code that reads records: opencode's start waits for nothing of it.
    const { startWatch } = await import("./start-watch.ts");
    const shown = { agents: follow, tasks: setTasks, isHere: (agent: AgentNow) => isHere({ api }, agent) };
    setWatches(await startWatch(here, shown, () => undefined));
  };
  let isStarted = false;
  const halves = terminalEnd((notice, directory) => {
    const isOurs = directory === api.state.path.directory;
    switch (notice.kind) {
      case "here":
        // Which plugin instances of this process live is known in their own thread; here it is what they say.
        liveInstances().set(notice.token, { directory, moduleUrl: import.meta.url });
        if (!isOurs) return;
        setServer(notice);
        if (!isStarted) void start(notice);
        isStarted = true;
        return;
      case "gone":
        liveInstances().delete(notice.token);
        if (server()?.token === notice.token) setServer(undefined);
        return;
      case "answered":
        if (isOurs) answered(notice);
        return;
    }
  });
  halves.hello();
  api.lifecycle.onDispose(() => {
    ticking.close();
    watches()?.close();
    halves.close();
  });
  const plans = () => server()?.plans ?? [];
  const isAttached = process.argv.includes("attach");
  return { api, agents, plans, tasks, now, server, isAttached, watch: () => watches()?.agents, halves, said, say };
}
