import { statePaths } from "../../src/store/state-paths.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { START } from "../supervisor/sample-instance.ts";
import type { AgentTurn } from "./agent-turn.ts";
import { ChaosHost } from "./chaos-host.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { OsProcesses } from "./os-processes.ts";
import { Parent } from "./parent.ts";
import { PendingOperations } from "./pending-operations.ts";
import { Random } from "./random.ts";
import { RecordWatch } from "./record-watch.ts";
import { Sessions } from "./sessions.ts";
import { TellingWatch } from "./telling-watch.ts";

/** So many operations without the clock moving on: nothing comes to rest any more. */
const MOST_OPERATIONS = 20_000;

/** One machine, everything that happens on it, and what was seen to be wrong. Nothing in it is left to chance but by the seed. */
export class World {
  readonly random: Random;
  readonly clock = new FakeClock();
  readonly processes = new OsProcesses();
  readonly paths = statePaths("/state", "/state/logs");
  /** What is asked of the disk and the system, which may be slow. */
  readonly operations: PendingOperations;
  /** What is asked of the hosts, which takes no time to speak of. */
  readonly calls: PendingOperations;
  readonly disk: MemoryDisk;
  readonly sessions: Sessions;
  readonly records: RecordWatch;
  readonly telling: TellingWatch;
  readonly hosts: ChaosHost[] = [];
  readonly parents: readonly Parent[];
  /** Every turn of an agent that was started. */
  readonly turns: AgentTurn[] = [];
  /** The agents that were spawned, oldest first. */
  readonly instanceIds: string[] = [];
  readonly notes: string[] = [];
  readonly violations: string[] = [];
  readonly cap: number;
  /** Waits that have not ended. */
  readonly waits = new Set<{ readonly what: string; readonly host: ChaosHost }>();
  #numbers = 0;
  readonly #names = new Map<string, string>();

  constructor(seed: number) {
    this.random = new Random(seed);
    this.cap = this.random.between(1, 3);
    this.operations = new PendingOperations(this.random, this.clock);
    this.calls = new PendingOperations(this.random, this.clock);
    this.records = new RecordWatch(this);
    this.telling = new TellingWatch(this);
    this.disk = new MemoryDisk(this.clock, this.operations, (change) => this.records.changed(change));
    this.sessions = new Sessions(this.random, this.calls);
    this.parents = ["ses_parent1", "ses_parent2"].map((id) => new Parent(this, id));
  }

  note(line: string): void {
    const at = String(this.clock.now() - START).padStart(8);
    this.notes.push(`${at} ${line.replaceAll(/bgr_\w{26}/g, (id) => this.name(id))}`);
  }

  violated(what: string): void {
    this.note(`!! ${what}`);
    this.violations.push(what);
  }

  /** A short name of an instance, the same in each run of a seed. */
  name(instanceId: string): string {
    const known = this.#names.get(instanceId) ?? `agent${this.#names.size + 1}`;
    this.#names.set(instanceId, known);
    return known;
  }

  number(): number {
    return ++this.#numbers;
  }

  newSessionId(): string {
    return `ses_agent${this.number()}`;
  }

  /** The plugin instances that run. */
  liveHosts(): ChaosHost[] {
    return this.hosts.filter(({ isLive }) => isLive);
  }

  startHost(process = this.processes.start()): ChaosHost {
    const host = new ChaosHost(this, process);
    this.hosts.push(host);
    this.note(`${host.name} starts in process ${process.pid}`);
    return host;
  }

  /** A wait of a host's caller, which has to end while the host's process lives. */
  async wait<T>(host: ChaosHost, what: string, work: Promise<T>): Promise<T> {
    const wait = { what, host };
    this.waits.add(wait);
    try {
      return await work;
    } finally {
      this.waits.delete(wait);
    }
  }

  /** Lets what can happen now happen, in any order; with a chance to stop before it is done. */
  async drain(stop = 0): Promise<void> {
    for (let count = 0; count < MOST_OPERATIONS; count++) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      const [first, second] = this.random.chance(0.5) ? [this.operations, this.calls] : [this.calls, this.operations];
      if (this.random.chance(stop) || !(first.stepOne() || second.stepOne())) return;
    }
    this.violated("nothing comes to rest any more");
  }

  /** Moves the time on from timer to timer. */
  async advance(ms: number, stop = 0): Promise<void> {
    const end = this.clock.now() + ms;
    await this.drain(stop);
    while (this.violations.length === 0) {
      const next = this.clock.untilNext;
      const left = end - this.clock.now();
      if (next === undefined || next > left) break;
      this.clock.advance(next);
      await this.drain(stop);
    }
    this.clock.advance(Math.max(0, end - this.clock.now()));
    await this.drain(stop);
  }
}
