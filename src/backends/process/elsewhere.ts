import { unreachable } from "../../lib/unreachable.ts";
import type { Place } from "../../supervisor/instance.ts";
import { callerDirectory } from "../../supervisor/own-folder.ts";
import type { EndCause, Exit } from "../../supervisor/outcome.ts";
import type { Clock, Timer } from "../../lib/clock.ts";
import type { TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import { plainName } from "../../text/plain-name.ts";
import { SET_UP_LINE_CHARACTERS, SET_UP_LINES, setUpFailure, setUpWords } from "../../text/set-up-words.ts";
import type { SetUpThere } from "../set-up-script.ts";
import { leaveWill } from "../last-will.ts";
import { bytesOf } from "./command-line.ts";
import { CopiedFiles, type Travel } from "./copied-files.ts";
import { killLine, launchLine, leavesRunning, type Launcher } from "./launcher.ts";
import { AS_SCRIPT, scriptWords } from "./launch-script.ts";
import { adviceOnExit } from "./not-started.ts";
import type { PlaceReport } from "./place-report.ts";
import { whyFailed } from "./run-limited.ts";

/** How long a command that ends an agent may take. */
const KILL_LIMIT_MS = 15_000;
/** How long what runs there may take to notice that nobody is left: 1 to 2 s, and the end of its turn. */
const GONE_LIMIT_SECONDS = 8;
/** Before each line of what makes copied files ready. */
const SET_UP_SAID = "bizar: ";
const LAST_LINES = 3;
const LINE_CHARACTERS = 500;
/** `srun: job 12 queued and waiting for resources`, `Submitted batch job 12`, `Job <12> is submitted`. */
const JOB = /\bjob(?: id)?[ :=]*<?(\d+)>?\b/i;

/** What turns elsewhere know of each other. */
export interface Places {
  /** What was found to be there. */
  readonly known: Set<string>;
  /** The version of opencode here. */
  readonly version: () => Promise<string>;
}

export interface ElsewhereParts {
  readonly travel: Travel | undefined;
  readonly setUp: SetUpThere | undefined;
  /** The name of the place. */
  readonly on: string;
  readonly launcher: Launcher;
  readonly turn: TurnRequest;
  readonly observer: TurnObserver;
  readonly clock: Clock;
  /** That of the commands which end an agent. */
  readonly environment: NodeJS.ProcessEnv;
  /** What the operator should know. */
  readonly note: (text: string) => void;
  /** What was found to be there: it is not looked at again. */
  readonly known: Set<string>;
}

/** One turn at a place elsewhere: what the shell there and the launcher have told of it. */
export class Elsewhere {
  #place: Place = { host: null, job: null };
  #pid: number | undefined;
  #hasBegun = false;
  #exitCode: number | undefined;
  #lacks: PlaceReport | undefined;
  readonly #words: string[] = [];
  /** What was printed last by what makes copied files ready. */
  readonly #setUpLines: string[] = [];
  #queue: Timer | undefined;
  #letLive: () => void = () => undefined;
  readonly #checked: string;
  #version = "";
  readonly #copy: CopiedFiles;

  constructor(private readonly parts: ElsewhereParts) {
    const { on, turn } = parts;
    this.#copy = new CopiedFiles(parts);
    this.#checked = JSON.stringify([on, callerDirectory(turn), turn.agent]);
  }

  /** What goes over stdin, or in words why the files cannot travel. */
  async stdin(role: string, prompt: string): Promise<Uint8Array<ArrayBuffer> | string> {
    if (this.files === "shared") return bytesOf(`${AS_SCRIPT.head}${role}\n${prompt}`);
    const packed = await this.#copy.pack();
    if (typeof packed === "string") return packed;
    const { setUp } = this.parts;
    const ready = setUp === undefined ? "" : ` ${Math.ceil(setUp.limitMs / 1000)} ${base64(setUp.command)}`;
    const head = bytesOf(`${AS_SCRIPT.head}${role}\n${base64(prompt)}\n${packed.came ?? "-"}${ready}\n`);
    // What Bun 1.3.14 gives as the bytes of a pipe may be a bare buffer.
    return new Uint8Array(Buffer.concat([head, new Uint8Array(packed.bundle)]));
  }

  /** Takes a line of stdout that is none of opencode's: the files that come back. */
  takes(nonce: string, line: string): boolean {
    return this.#copy.takes(nonce, line);
  }

  /** Brings back what has become of copied files. Settles with why that could not be done. */
  async bringBack(): Promise<string | undefined> {
    const notReady = this.#lacks?.lacks === "setUp" ? this.#lackInWords(this.#lacks) : undefined;
    const failed = await this.#copy.bringBack(this.#exitCode !== undefined, this.#lastWords);
    return notReady ?? failed;
  }

  /**
   * What is run here.
   *
   * @param modelsPath the list of models that it is to read there, where there is one
   */
  commandLine(
    binary: string,
    version: string,
    modelsPath: string | undefined,
    runArguments: readonly string[],
  ): string[] {
    const { launcher, turn, known } = this.parts;
    this.#version = version;
    const isShared = launcher.files === "shared";
    const words = scriptWords({
      instanceId: turn.instanceId,
      agent: turn.agent,
      files: launcher.files,
      directory: this.#directory,
      copy: this.#copy.packed,
      modelsPath,
      version: known.has(this.#checked) ? undefined : version,
      binaries: isShared ? [binary, "opencode"] : ["opencode", binary],
      runArguments,
    });
    return launchLine(launcher, turn.instanceId, words);
  }

  get files(): Launcher["files"] {
    return this.parts.launcher.files;
  }

  /** What launches it. */
  get program(): string {
    return this.parts.launcher.command[0] ?? "";
  }

  get #directory(): string {
    const { launcher, turn } = this.parts;
    if (launcher.files === "git") return launcher.directory ?? "";
    return (turn.folder === undefined ? launcher.directory : undefined) ?? turn.directory;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The launcher was started, as the leader of this process group: from now on it waits. */
  launched(processGroup: number): void {
    const { on, launcher, observer, clock, turn, environment } = this.parts;
    // It has no eyes for its host, and what a dead host leaves open it may take for a reason to die badly.
    const afterwards = killLine(launcher, turn.instanceId);
    this.#letLive = leaveWill({ processGroup, signal: "TERM", afterwards, environment });
    observer.awaited?.(this.#place);
    this.#queue = clock.after(launcher.queueMs, () => {
      const error =
        `It waited on ${on} for ${launcher.queueMs} ms and had not begun (queueMs of the launcher). ` +
        `Look at the line there, or give the task to another place.`;
      observer.mustStop({ status: "failed", reason: "spawn_failed", error });
    });
  }

  /** The shell there has told something. */
  told(report: PlaceReport): void {
    if (report.pid !== undefined) this.#begin(report);
    if (report.lacks !== undefined) this.#lacks = report;
    this.#copy.told(report);
    if (report.exit !== undefined) this.#exitCode = report.exit;
  }

  /** Anything else on the launcher's stderr: its own words, as long as nobody else speaks. */
  said(line: string): void {
    if (line.startsWith(SET_UP_SAID)) {
      this.#setUpLines.push(line.slice(SET_UP_SAID.length).slice(0, SET_UP_LINE_CHARACTERS));
      if (this.#setUpLines.length > SET_UP_LINES) this.#setUpLines.shift();
      return;
    }
    const text = line.trim();
    if (text === "") return;
    this.#words.push(text.slice(0, LINE_CHARACTERS));
    if (this.#words.length > LAST_LINES) this.#words.shift();
    const job = this.#hasBegun ? undefined : JOB.exec(text)?.[1];
    if (job === undefined || this.#place.job !== null) return;
    this.#place = { ...this.#place, job };
    this.parts.observer.awaited?.(this.#place);
  }

  #begin({ host, job, pid }: PlaceReport): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#queue?.clear();
    this.#pid = pid;
    this.#place = { host: host || null, job: job || this.#place.job };
    this.parts.observer.begun?.(this.#place);
  }

  /** opencode has begun its turn there: nothing was lacking. */
  isThere(): void {
    this.parts.known.add(this.#checked);
  }

  /** The launcher has ended, whatever it was. */
  ended(): void {
    this.#letLive();
    this.#queue?.clear();
  }

  /** What opencode has exited with there; `undefined`: nobody has told. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** What ended a turn of which no exit was told: nothing of it has run, or it was lost. */
  causeOf(end: Exit): EndCause {
    const { on } = this.parts;
    if (this.#lacks !== undefined) return { kind: "not_started", why: this.#lackInWords(this.#lacks) };
    const how = end.exitCode === null ? `was ended by ${end.signal ?? "a signal"}` : `exited with code ${end.exitCode}`;
    const { program } = this;
    const words = this.#lastWords;
    if (!this.#hasBegun) {
      const why = `${on} did not start the agent: ${program} ${how}. ${words} ${adviceOnExit(end.exitCode)}`;
      return { kind: "not_started", why };
    }
    const where = [this.#place.host, this.#place.job === null ? null : `job ${this.#place.job}`]
      .filter((part) => part !== null)
      .join(", ");
    return {
      kind: "connection_lost",
      why:
        `The line to ${on}${where === "" ? "" : ` (${where})`} broke before the turn had told its end: ${program} ${how}. ` +
        `${words} Nobody has seen how it ended there.${this.#copy.packed === undefined ? "" : ` What it did is in ${this.#copy.folder}.`} See that ${on} can be reached, then send a message: it goes on in its session.`,
    };
  }

  get #lastWords(): string {
    return this.#words.length === 0 ? "It said nothing." : `Its words: "${this.#words.join(" | ")}".`;
  }

  #lackInWords({ lacks, found = "" }: PlaceReport): string {
    const { on, turn } = this.parts;
    switch (lacks) {
      case "directory":
        return (
          `There is no folder ${this.#directory} on ${on}. With files "shared" the same path has to be there: ` +
          `share it, name it as "directory" of the launcher, or use files "git".`
        );
      case "opencode":
        return `There is no opencode on ${on}: not in PATH, and not in ~/.opencode/bin. Install it there.`;
      case "version":
        return (
          `opencode on ${on} ${found === "" ? "does not tell its version" : `is version ${found}`}; expected ${this.#version}, as here. ` +
          `Install that one there.`
        );
      case "plugin":
        return `opencode on ${on} does not load the plugin opencode-bizar. Add it to "plugin" in its opencode.json.`;
      case "agent":
        return `There is no agent "${plainName(turn.agent)}" on ${on}. Configure it there as it is here.`;
      case "git":
        return `There is no git on ${on}, which files "git" needs. Install it there, or use files "shared".`;
      case "setUp": {
        const { command = "", limitMs = 0 } = this.parts.setUp ?? {};
        return setUpWords(command, setUpFailure(found, limitMs), this.#setUpLines, on);
      }
      case "files":
      case undefined:
        return `The agent's folder ${this.#copy.folder} could not be made on ${on}. ${this.#lastWords}`;
      default:
        return unreachable(lacks);
    }
  }

  /**
   * Ends what the end of the launcher may leave there. Never rejects.
   *
   * @returns why nobody knows whether something runs there yet
   */
  async end(): Promise<string | undefined> {
    const { on, launcher, turn, clock, note, environment } = this.parts;
    const own = killLine(launcher, turn.instanceId);
    if (own !== undefined) {
      const failed = await whyFailed(own, { clock, environment, limitMs: KILL_LIMIT_MS });
      if (failed !== undefined) note(`${own[0] ?? ""} did not end it on ${on}: ${failed}`);
      return failed === undefined ? undefined : `Look on ${on}: ${own[0] ?? ""} ${failed}`;
    }
    if (!leavesRunning(launcher) || this.#pid === undefined || this.#exitCode !== undefined) return undefined;
    const failed = await whyFailed(launchLine(launcher, turn.instanceId, goneWords(this.#pid)), {
      ...{ clock, environment, limitMs: KILL_LIMIT_MS },
    });
    if (failed === undefined) return undefined;
    note(`nobody could see whether it has ended on ${on}: ${failed}`);
    return `Look on ${on} for process ${this.#pid}: ${failed}`;
  }

  /** {@link Elsewhere.end} without waiting: the host is about to go away. Never throws. */
  endNow(): void {
    const own = killLine(this.parts.launcher, this.parts.turn.instanceId);
    if (own === undefined) return;
    try {
      Bun.spawn(own, {
        env: this.parts.environment,
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
        detached: true,
      }).unref();
    } catch {
      // What runs there notices by itself that nobody is left.
    }
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Waits until a process there is gone, and ends it where it does not go. */
function goneWords(pid: number): string[] {
  const script = [
    `i=0`,
    `while kill -0 $1 2>/dev/null`,
    `do [ $((i+=1)) -le ${GONE_LIMIT_SECONDS * 5} ] || { kill -KILL $1; exit 1; }`,
    `sleep 0.2`,
    `done`,
  ].join("; ");
  return ["sh", "-c", script, "bizar", String(pid)];
}
