import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { AgentRole } from "../../agent-role/role.ts";
import { endChild } from "../../processes/end-child.ts";
import { endTree, endTreeNow, type Tree, type TreeEnd } from "../../processes/end-tree.ts";
import {
  startTimeOf,
  systemProcessTable,
  type ProcessIdentity,
  type ProcessTable,
} from "../../processes/process-table.ts";
import type { SupervisorIdentity } from "../../processes/supervisor-identity.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Backend, RunningTurn, Transcripts, TurnEnd, TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import type { Asked, Reply } from "../../supervisor/questions.ts";
import type { TurnEvidence } from "../../supervisor/outcome.ts";
import { brokenEnd } from "../../supervisor/broken-end.ts";
import { readTranscript } from "../../supervisor/read-transcript.ts";
import { bytesOf, markedEnvironment, runArguments, runEnvironment } from "./command-line.ts";
import type { Travel } from "./copied-files.ts";
import { Elsewhere, type Places } from "./elsewhere.ts";
import type { Launcher } from "./launcher.ts";
import { describeError } from "../../lib/describe-error.ts";
import { once } from "../../lib/once.ts";
import type { SetUpThere } from "../set-up-script.ts";
import type { LoggedTurn, LogSink } from "../log-sink.ts";
import { neverRun, stoppedEarly } from "../stopped-early.ts";
import type { LeftThere } from "../../agent-role/tree-report.ts";
import type { AnswerPort } from "../answer-port.ts";
import { endUnseen } from "./end-unseen.ts";
import { versionOf } from "./host-version.ts";
import { LateExit } from "./late-exit.ts";
import { notLaunched, notStarted } from "./not-started.ts";
import { roleOf } from "./role-of.ts";
import { TurnPipes } from "./turn-pipes.ts";

/** How long what a finished agent left running may take to end by itself. */
const LEFTOVER_GRACE_MS = 1000;
/** How long a start that found opencode's database locked waits before it is tried once more. */
const LOCKED_PAUSE_MS = 2000;
const HELD = "Something there holds the pipes of the launcher open.";
const LOCKED_NOTE = "opencode's database was locked, and the agent had done nothing yet: it is started once more.";

export interface ProcessBackendParts {
  /** The opencode binary: the host's own, so that an agent runs exactly the host's version. */
  readonly binary: string;
  readonly identity: SupervisorIdentity;
  readonly onExit: AgentRole["onExit"];
  readonly skipPermissions: boolean;
  readonly answers: AnswerPort;
  /** What the loop guard inside each child goes by. */
  readonly guard: AgentRole["guard"];
  readonly killGraceMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly openLog: (turn: LoggedTurn) => LogSink;
  /** Reads sessions back where the child itself has not told all. */
  readonly transcripts: Transcripts;
  readonly clock: Clock;
  /** The list of models that a turn's opencode reads; opencode's own where there is none. Never rejects. */
  readonly modelsPath?: (turn: TurnRequest) => Promise<string | undefined>;
  readonly processTable?: ProcessTable;
  /** Where the own folders of agents are, where that is not in the state folder. */
  readonly worktreeDir?: string | undefined;
  /** The ways to run agents elsewhere, by the name of the place. */
  readonly launchers?: Readonly<Record<string, Launcher>>;
  /** Takes own folders there where files are not shared. */
  readonly travel?: Travel;
  /** Makes them ready there. */
  readonly setUp?: SetUpThere | undefined;
}

/** Runs each turn as one `opencode run` child in a process group of its own. */
export function processBackend(parts: ProcessBackendParts): Backend {
  const places: Places = { known: new Set(), version: once(() => versionOf(parts.binary, parts.environment)) };
  return { start: (turn, observer) => new ProcessTurn(parts, places, turn, observer) };
}

type Child = Bun.Subprocess<Uint8Array<ArrayBuffer>, "pipe", "pipe">;

/** One start of the child, and how it ended. */
interface Attempt {
  readonly end: TurnEnd;
  /** It found opencode's database locked before the agent had done anything. */
  readonly isWorthAnother: boolean;
}

class ProcessTurn implements RunningTurn {
  readonly ended: Promise<TurnEnd>;
  #hasExited = false;
  readonly #parts: ProcessBackendParts;
  readonly #turn: TurnRequest;
  readonly #observer: TurnObserver;
  readonly #table: ProcessTable;
  readonly #log: LogSink;
  readonly #tree: { root: ProcessIdentity | undefined; strays: readonly ProcessIdentity[]; readonly marker: string };
  readonly #exit: LateExit;
  readonly #elsewhere: Elsewhere | undefined;
  #child: Child | undefined;
  #nonce = "";
  #stopping: Promise<TreeEnd> | undefined;
  /** Settles when the turn is to end: nothing is started any more. */
  readonly #stopped = Promise.withResolvers<void>();
  #isStopped = false;
  /** Settles when not even SIGKILL ended the agent's own process. */
  readonly #unstoppable = Promise.withResolvers<void>();

  constructor(
    parts: ProcessBackendParts,
    private readonly places: Places,
    turn: TurnRequest,
    observer: TurnObserver,
  ) {
    this.#parts = parts;
    this.#turn = turn;
    this.#observer = observer;
    this.#table = parts.processTable ?? systemProcessTable();
    this.#log = parts.openLog(turn);
    this.#tree = { root: undefined, strays: [], marker: turn.instanceId };
    this.#elsewhere = this.#placeOf(turn);
    this.#exit = new LateExit(parts.clock, () => void this.#endLate());
    this.ended = this.#run().catch((error: unknown) => this.#brokenOff(error));
  }

  get hasExited(): boolean {
    return this.#hasExited || (this.#exit.isOver && !this.#isStopped);
  }

  answer({ askId }: Asked, reply: Reply): void {
    this.#parts.answers.give(this.#turn.instanceId, this.#nonce, askId, reply);
  }

  async stop(): Promise<void> {
    this.#startNothing();
    this.#stopping ??= this.#end();
    await this.#stopping;
  }

  stopNow(): void {
    this.#startNothing();
    const { unseen } = endTreeNow(this.#tree, this.#table);
    this.#elsewhere?.endNow();
    if (unseen !== undefined && this.#child !== undefined) endChild(this.#child);
  }

  async #end(): Promise<TreeEnd> {
    const here = await endTree(this.#tree, this.#parts.killGraceMs, this.#table);
    const there = await this.#elsewhere?.end();
    const end = { ...here, unseen: here.unseen ?? there };
    const hasGone =
      here.unseen === undefined
        ? !end.survivors.some(({ pid }) => pid === this.#tree.root?.pid)
        : await endUnseen(this.#child, this.#parts.clock);
    if (!hasGone) this.#unstoppable.resolve();
    return end;
  }

  /** The turn is over, and its process does not go: what it has done counts, whatever its exit is now. */
  async #endLate(): Promise<void> {
    if (this.#isStopped) return;
    this.#note("opencode has ended its turn and does not come to its exit (a plugin's dispose?): it is ended.");
    await this.#end();
  }

  /** Something went wrong that nobody thought of: nothing of the agent may go on unseen. */
  #brokenOff(error: unknown): TurnEnd {
    const end = brokenEnd(this, error);
    this.#note(end.evidence.sessionError ?? "");
    this.#log.close();
    return end;
  }

  #startNothing(): void {
    this.#isStopped = true;
    this.#stopped.resolve();
  }

  async #run(): Promise<TurnEnd> {
    const first = await this.#attempt(1);
    const { end } = first.isWorthAnother && (await this.#pauseForDatabase()) ? await this.#attempt(2) : first;
    this.#parts.answers.clear(this.#turn.instanceId);
    this.#log.close();
    return end;
  }

  async #attempt(number: 1 | 2): Promise<Attempt> {
    if (this.#turn.on !== undefined && this.#elsewhere === undefined) {
      const error = `There is no place "${this.#turn.on}" any more: it is in neither of the options "launchers" and "servers".`;
      return { end: this.#never(error), isWorthAnother: false };
    }
    const nonce = randomBytes(12).toString("hex");
    this.#nonce = nonce;
    const { modelsPath: findModels } = this.#parts;
    const modelsPath = findModels === undefined ? undefined : await findModels(this.#turn);
    const version = this.#elsewhere === undefined ? "" : await this.places.version();
    const role = roleOf(this.#turn, this.#parts, { nonce, modelsPath, launched: this.#elsewhere?.files });
    // Nothing is awaited for a turn here: it starts at once.
    const sent = this.#elsewhere && (await this.#elsewhere.stdin(JSON.stringify(role), this.#turn.prompt));
    if (this.#isStopped) return { end: stoppedEarly(), isWorthAnother: false };
    if (typeof sent === "string") return { end: neverRun(sent, sent), isWorthAnother: false };
    const child = this.#spawn(role, sent, version);
    if (child instanceof Error) return { end: this.#notStarted(child), isWorthAnother: false };
    this.#child = child;
    this.#tree.root = { pid: child.pid, startTime: startTimeOf(child.pid, this.#table) };
    this.#observer.spawned(this.#tree.root);
    this.#elsewhere?.launched(child.pid);
    const onStrays = (strays: readonly ProcessIdentity[]) => void (this.#tree.strays = strays);
    // What ends with a run that was stopped was not left running.
    const onLeft = (left: readonly LeftThere[]) => (this.#isStopped ? undefined : this.#noteEnded(left));
    const { clock } = this.#parts;
    const [turn, observer, log] = [this.#turn, this.#observer, this.#log];
    const elsewhere = this.#elsewhere;
    const pipes = new TurnPipes({ nonce, turn, observer, log, clock, onStrays, onLeft, elsewhere, exit: this.#exit });
    const drained = pipes.drain(child.stdout, child.stderr);
    await Promise.race([child.exited, this.#unstoppable.promise]);
    this.#exit.clear();
    elsewhere?.ended();
    const mayBeTriedAgain = () =>
      number === 1 && !this.#isStopped && !this.#exit.isLate && child.exitCode !== 0 && !pipes.hasActed;
    // A run that was stopped has not come to its own end; nor has one that may be tried again: a stop still counts.
    this.#hasExited = this.#stopping === undefined && !mayBeTriedAgain();
    const known = this.#tree.strays;
    const first = await this.#endLeftovers();
    pipes.abandonWhenQuiet();
    await drained;
    // Its last words may have named more.
    const left = this.#tree.strays === known ? first : await this.#endLeftovers();
    const there = (await this.#stopping)?.unseen;
    const unseen = left ?? there ?? (elsewhere !== undefined && pipes.wereHeld ? HELD : undefined);
    await this.#askSession(pipes);
    const workspaceError = await elsewhere?.bringBack();
    const evidence = { ...this.#conclude(pipes, child), ...(workspaceError !== undefined && { workspaceError }) };
    return {
      end: { evidence, textIncomplete: pipes.evidence.isIncomplete, unseen },
      isWorthAnother: mayBeTriedAgain() && pipes.evidence.sawLockedDatabase,
    };
  }

  #conclude({ evidence: seen, isOver }: TurnPipes, { exitCode, signalCode: signal }: Child): TurnEvidence {
    const exit = { exitCode, signal };
    const elsewhere = this.#elsewhere;
    if (elsewhere !== undefined && !this.#exit.isLate) {
      const told = elsewhere.exitCode;
      if (told !== undefined) return seen.conclude({ kind: "exited", exitCode: told, signal: null });
      // The line broke behind its end: what it has come to is known.
      return seen.conclude(isOver ? { kind: "exited", ...exit, isLate: true } : elsewhere.causeOf(exit));
    }
    return seen.conclude({ kind: "exited", ...exit, isLate: this.#exit.isLate && !this.#isStopped });
  }

  /** Asks the session whose the texts are that a child without a voice has printed. Never rejects. */
  async #askSession(pipes: TurnPipes): Promise<void> {
    const { transcripts, clock } = this.#parts;
    const messages = pipes.unowned();
    if (messages.length === 0 || pipes.sessionId === null) return;
    try {
      const turns = await readTranscript(transcripts, pipes.sessionId, new Set(), clock);
      if (turns === undefined) throw new Error(`there is no session ${pipes.sessionId}.`);
      pipes.readBack(messages, turns);
    } catch (error) {
      const why = describeError(error);
      this.#log.write("stderr", `bizar: nobody could tell the agent's words from opencode's own: ${why}`);
    }
  }

  /**
   * All opencode processes of a user write to one SQLite file. One that finds it locked waits for 5 s and gives up;
   * whoever held it has most likely done by then.
   *
   * @returns whether to go on
   */
  async #pauseForDatabase(): Promise<boolean> {
    this.#note(LOCKED_NOTE);
    this.#observer.startRepeated();
    const over = Promise.withResolvers<void>();
    const timer = this.#parts.clock.after(LOCKED_PAUSE_MS, () => over.resolve());
    await Promise.race([over.promise, this.#stopped.promise]);
    timer.clear();
    return !this.#isStopped;
  }

  #spawn(role: AgentRole, sent: Uint8Array<ArrayBuffer> | undefined, version: string): Child | Error {
    const { binary, environment, skipPermissions } = this.#parts;
    const { directory, prompt, instanceId } = this.#turn;
    const pipes = { stdout: "pipe", stderr: "pipe", detached: true } as const;
    try {
      if (this.#elsewhere !== undefined && sent !== undefined) {
        const words = runArguments(this.#turn, skipPermissions, null);
        return Bun.spawn(this.#elsewhere.commandLine(binary, version, role.modelsPath, words), {
          // A folder that is only there is none to start in here.
          cwd: existsSync(directory) ? directory : "/",
          env: markedEnvironment(environment, instanceId),
          stdin: sent,
          ...pipes,
        });
      }
      return Bun.spawn([binary, ...runArguments(this.#turn, skipPermissions)], {
        cwd: directory,
        env: runEnvironment(environment, role),
        stdin: bytesOf(prompt),
        ...pipes,
      });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #placeOf(turn: TurnRequest): Elsewhere | undefined {
    const { clock, environment, travel, setUp, launchers } = this.#parts;
    const { on = "" } = turn;
    const launcher = launchers?.[on];
    if (launcher === undefined) return undefined;
    const [observer, { known }] = [this.#observer, this.places];
    const note = (text: string) => this.#note(text);
    return new Elsewhere({ on, launcher, turn, observer, clock, environment, known, travel, setUp, note });
  }

  #notStarted(error: Error): TurnEnd {
    const elsewhere = this.#elsewhere;
    const { directory, on = "" } = this.#turn;
    return this.#never(
      elsewhere === undefined
        ? notStarted(error, this.#parts.binary, directory)
        : notLaunched(error, elsewhere.program, on),
    );
  }

  #never(why: string): TurnEnd {
    this.#log.write("stderr", why);
    return neverRun(why);
  }

  /**
   * Ends what the agent started and did not end, and says in the log what it was.
   *
   * @returns why nobody knows whether something is left
   */
  async #endLeftovers(): Promise<string | undefined> {
    const stopped = await this.#stopping;
    const tree: Tree = { marker: this.#tree.marker, strays: this.#tree.strays };
    const { ended, survivors, unseen } = await endTree(
      tree,
      stopped === undefined ? LEFTOVER_GRACE_MS : 0,
      this.#table,
    );
    if (stopped === undefined) this.#noteEnded(ended);
    for (const { pid, command } of survivors) this.#note(`could not be ended: ${command} (pid ${pid})`);
    if (unseen !== undefined) this.#note(`what the agent left running could not be looked for. ${unseen}`);
    return unseen;
  }

  #noteEnded(ended: readonly LeftThere[]): void {
    for (const { pid, command } of ended) this.#note(`ended what the agent left running: ${command} (pid ${pid})`);
  }

  /** What the operator should know and no pipe says. */
  #note(text: string): void {
    this.#log.write("stderr", `bizar: ${text}`);
  }
}
