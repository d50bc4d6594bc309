import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseRecord, type InstanceRecord } from "../../src/store/record.ts";
import type { Narrator } from "./narrator.ts";

const LOOK_EVERY_MS = 100;
/** The lines of a log that tell what an agent does: `[stdout] 12:34:56 tool  write  USAGE.md  ok  0.1 s`. */
const TOLD = /^\[stdout\] \d\d:\d\d:\d\d ((?:tool|text|ERROR) .*)$/;

/** Tells what the agents do, from the files that an operator would look at: their records and their logs. */
export class AgentWatch {
  readonly #told = new Map<string, { agent: string; status: string; lines: number }>();
  #looking: Promise<void> = Promise.resolve();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly stateDir: string,
    /** Where the agents work: paths below it are shown without it. */
    private readonly project: string,
    private readonly narrator: Narrator,
  ) {
    this.#timer = setInterval(() => this.tellThen(() => undefined), LOOK_EVERY_MS);
  }

  /** Tells what is new of the agents, and then what comes after it. */
  tellThen(after: () => void): void {
    this.#looking = this.#looking.then(() => this.#look()).then(after);
  }

  /** The name behind an instance id. */
  readonly agentOf = (instanceId: string): string => this.#told.get(instanceId)?.agent ?? instanceId;

  /** Ends the watch, after a last look. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.tellThen(() => undefined);
    await this.#looking;
  }

  async #look(): Promise<void> {
    for (const record of await readRecords(this.stateDir)) {
      const { agent } = record;
      const told = this.#told.get(record.instanceId) ?? { agent, status: "", lines: 0 };
      this.#told.set(record.instanceId, told);
      const lines = (await readIfThere(record.logPath)).split("\n").slice(0, -1);
      // An end is told after the last words.
      if (record.endedAt === null) this.#tellStatus(record, told);
      for (const line of lines.slice(told.lines)) {
        const text = TOLD.exec(line)?.[1];
        if (text !== undefined) this.narrator.say(agent, text.replaceAll(`${this.project.slice(1)}/`, ""));
      }
      told.lines = lines.length;
      if (record.endedAt !== null) this.#tellStatus(record, told);
    }
  }

  #tellStatus(record: InstanceRecord, told: { status: string }): void {
    if (record.status === told.status) return;
    told.status = record.status;
    this.narrator.say(record.agent, statusWords(record));
  }
}

function statusWords({ status, reason, error, process, sessionId, title }: InstanceRecord): string {
  if (status === "queued") return `waits for a place: ${title}`;
  if (status === "pending") return `starts${process === null ? "" : ` as process ${process.pid}`}: ${title}`;
  if (status === "running") return `is running, session ${sessionId}`;
  return `is ${status}${reason === null ? "" : ` (${reason})`}${error === null ? "" : `: ${error}`}`;
}

/** The records in a state folder, oldest first. */
export async function readRecords(stateDir: string): Promise<InstanceRecord[]> {
  const folder = join(stateDir, "bg");
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^bgr_\w+\.json$/.test(name)).toSorted();
  const readings = await Promise.all(names.map(async (name) => parseRecord(await readIfThere(join(folder, name)))));
  return readings.flatMap((reading) => (reading.kind === "record" ? reading.record : []));
}

/** A file that is not there yet has nothing to say. */
export async function readIfThere(path: string): Promise<string> {
  return await readFile(path, "utf8").catch(() => "");
}
