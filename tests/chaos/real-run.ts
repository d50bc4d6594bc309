import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { carriersOf, systemProcessTable, type ProcessInfo } from "../../src/processes/process-table.ts";
import { askOwner, type OwnerAnswer } from "../../src/store/ask-owner.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import { parseRecord, type InstanceRecord } from "../../src/store/record.ts";
import { statePaths, type StatePaths } from "../../src/store/state-paths.ts";
import type { AgentTask } from "../fixtures/chaos-agent.ts";
import { PARENT, type HostTask } from "../fixtures/chaos-host.ts";
import { SessionFiles } from "../fixtures/session-files.ts";
import type { Choices } from "./real-choices.ts";

const FIXTURES = join(import.meta.dir, "../fixtures");
/** Everything of a run has this in its environment. */
const RUN_VARIABLE = "BIZAR_TEST_RUN";
/** Requests of other processes lie beside them. */
const RECORD = /^bgr_\w{26}\.json$/;
const table = systemProcessTable();

/** A user namespace in which no watch is to be had. */
const WITHOUT_EVENTS = [
  ...["unshare", "--user", "--map-root-user", "sh", "-c"],
  ...['echo 0 > /proc/sys/user/max_inotify_instances && exec "$0" "$@"'],
];
const canTakeEvents =
  Bun.which("unshare") !== null && Bun.spawnSync([...WITHOUT_EVENTS, "true"], { stderr: "ignore" }).exitCode === 0;

type Host = Bun.Subprocess<"pipe", "pipe", "pipe">;

/** A state folder, the hosts that work on it one after the other, and all that can be seen of them from outside. */
export class RealRun {
  readonly paths: StatePaths;
  readonly sessions: SessionFiles;
  /** What was seen that must never be, at any moment. */
  readonly violations = new Set<string>();
  /** The agents whose process was ended by a signal from outside. */
  readonly struck = new Set<string>();
  /** When the last host to end was gone. */
  endedAt = 0;
  /** Every process of the run that was ever seen, by pid and start time. */
  readonly #seen = new Map<string, ProcessInfo>();
  readonly #hosts: Host[] = [];
  readonly #words: Promise<string>[] = [];

  constructor(
    private readonly folder: string,
    private readonly choices: Choices,
  ) {
    const stateDir = join(folder, "state");
    this.paths = statePaths(stateDir, join(stateDir, "logs"));
    for (const name of ["project", "sessions"]) mkdirSync(join(folder, name), { recursive: true });
    this.sessions = new SessionFiles(join(folder, "sessions"));
    this.sessions.create(PARENT);
  }

  /** Starts a host; settles when it has its hooks and has asked for its agents. */
  async startHost(agents: Choices["agents"]): Promise<Host> {
    const { cap, onExit, kill, putMs } = this.choices;
    const { stateDir, logDir } = this.paths;
    const task: HostTask = {
      ...{ number: this.#hosts.length + 1, folder: this.folder, agents, kill, putMs },
      options: {
        ...{ stateDir, logDir, onExit, maxConcurrentInstances: cap, minFreeMemoryMb: 0, killGraceMs: 300 },
        opencodeBinary: join(FIXTURES, "chaos-agent.ts"),
      },
    };
    const isUntold = task.number === 1 && !this.choices.hasEvents && canTakeEvents;
    const command = [...(isUntold ? WITHOUT_EVENTS : []), join(FIXTURES, "chaos-host.ts"), JSON.stringify(task)];
    const host = Bun.spawn(command, {
      env: { ...process.env, [RUN_VARIABLE]: this.folder },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#hosts.push(host);
    this.#words.push(new Response(host.stderr).text());
    const { value } = await host.stdout.getReader().read();
    if (value === undefined) throw new Error(`A host did not start: ${await this.words()}`);
    return host;
  }

  /** Ends a host; settles when it is gone. */
  async end(host: Host, how: Choices["end"]): Promise<void> {
    this.processes();
    if (how === "close") await host.stdin.end();
    else host.kill(how);
    await host.exited;
    this.endedAt = Date.now();
    this.processes();
  }

  /** Asks for the end of an agent, as the command line does; what came of it, or `undefined` where it was not there. */
  async ask({ number, afterMs }: NonNullable<Choices["ask"]>): Promise<OwnerAnswer | undefined> {
    await Bun.sleep(afterMs);
    const record = this.records().find(({ prompt }) => (JSON.parse(prompt) as AgentTask).number === number);
    if (record === undefined || record.endedAt !== null) return undefined;
    const records = new RecordFolder(this.paths, (message) => this.violations.add(message), "leave");
    return await askOwner({ paths: this.paths, records }, record.instanceId, { kind: "kill" });
  }

  /** Ends one of the agents by a signal, where one runs. */
  strike(signal: NodeJS.Signals): void {
    for (const { instanceId, process: child, endedAt } of this.records()) {
      if (endedAt !== null || child === null || table.find(child.pid)?.startTime !== child.startTime) continue;
      this.struck.add(instanceId);
      process.kill(child.pid, signal);
      return;
    }
  }

  /** The processes of the run that live now, its hosts that live left out; those found through their parents as well. */
  processes(): ProcessInfo[] {
    const rows = table.list().filter(({ isZombie }) => !isZombie);
    const marked = carriersOf(table, RUN_VARIABLE, this.folder);
    const own = new Map(rows.filter((row) => marked.has(row.pid) || this.#wasSeen(row)).map((row) => [row.pid, row]));
    for (let size = -1; size !== own.size;) {
      size = own.size;
      for (const row of rows) if (own.has(row.parentPid)) own.set(row.pid, row);
    }
    for (const row of own.values()) this.#seen.set(`${row.pid}:${row.startTime}`, row);
    const hosts = new Set(this.#hosts.filter(({ exitCode }) => exitCode === null).map(({ pid }) => pid));
    return [...own.values()].filter(({ pid }) => !hosts.has(pid));
  }

  /** The records as they lie on the disk; one that cannot be read is a violation at any moment. */
  records(): InstanceRecord[] {
    return this.files().flatMap(({ name, text }) => {
      if (!RECORD.test(name)) return [];
      const reading = parseRecord(text);
      if (reading.kind === "record") return [reading.record];
      this.violations.add(`${name} is no record: ${JSON.stringify(reading)}`);
      return [];
    });
  }

  /** The files in the record folder. */
  files(): { readonly name: string; readonly text: string; readonly writtenAt: number }[] {
    const { recordDir } = this.paths;
    const names = existsSync(recordDir) ? readdirSync(recordDir) : [];
    return names.flatMap((name) => {
      try {
        const path = join(recordDir, name);
        return [{ name, writtenAt: statSync(path).mtimeMs, text: readFileSync(path, "utf8") }];
      } catch {
        // Gone since.
        return [];
      }
    });
  }

  /** The whole result of an agent, as its file has it. */
  result(instanceId: string): string | undefined {
    return this.files().find(({ name }) => name === `${instanceId}.result.md`)?.text;
  }

  /** What the hosts that have ended have said. */
  async words(): Promise<string> {
    return (await Promise.all(this.#words)).join("");
  }

  /** Ends what is left of the run, whatever it is. */
  async endAll(): Promise<void> {
    for (let rest = this.#everything(); rest.length > 0; rest = this.#everything()) {
      for (const { pid } of rest) process.kill(pid, "SIGKILL");
      await Bun.sleep(10);
    }
    await Promise.all(this.#hosts.map(({ exited }) => exited));
  }

  #everything(): ProcessInfo[] {
    const hosts = this.#hosts.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    return [...this.processes(), ...table.findAll(hosts.map(({ pid }) => pid))].filter(({ isZombie }) => !isZombie);
  }

  #wasSeen({ pid, startTime }: ProcessInfo): boolean {
    return this.#seen.has(`${pid}:${startTime}`);
  }
}
