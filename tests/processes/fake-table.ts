import {
  systemProcessTable,
  UnreadableTable,
  type ProcessInfo,
  type ProcessTable,
} from "../../src/processes/process-table.ts";

/** A process table that says what the test says. */
export class FakeTable implements ProcessTable {
  constructor(
    public rows: ProcessInfo[],
    /** The pids that carry this marker. */
    private readonly carriers: readonly number[] = [],
    private readonly marker = "",
  ) {}

  list(): ProcessInfo[] {
    return this.rows;
  }

  findAll(pids: readonly number[]): ProcessInfo[] {
    return this.rows.filter(({ pid }) => pids.includes(pid));
  }

  find(pid: number): ProcessInfo | undefined {
    return this.rows.find((row) => row.pid === pid);
  }

  values(): Map<number, string> {
    return new Map(this.carriers.map((pid) => [pid, this.marker]));
  }
}

/** A row of the table; a test names what matters to it. */
export function row(given: Partial<ProcessInfo> & { pid: number }): ProcessInfo {
  return { parentPid: 1, startTime: "100", isZombie: false, command: "sleep 97", ...given };
}

/** The real table, which cannot be read for so many looks. */
export class BlindTable implements ProcessTable {
  constructor(public blindLooks: number) {}

  list(): ProcessInfo[] {
    return this.#look().list();
  }

  findAll(pids: readonly number[]): ProcessInfo[] {
    return this.#look().findAll(pids);
  }

  find(pid: number): ProcessInfo | undefined {
    return this.#look().find(pid);
  }

  values(name: string): Map<number, string> {
    return this.#look().values(name);
  }

  #look(): ProcessTable {
    if (this.blindLooks-- > 0) throw new UnreadableTable(new Error("EMFILE: too many open files"));
    return systemProcessTable();
  }
}
