import { randomBytes } from "node:crypto";
import type { AgentRole } from "../../agent-role/role.ts";
import { endTree, endTreeNow, type Tree, type TreeEnd } from "../../processes/end-tree.ts";
import { systemProcessTable, type ProcessIdentity, type ProcessTable } from "../../processes/process-table.ts";
import type { SupervisorIdentity } from "../../processes/supervisor-identity.ts";
import type { Backend, RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../../supervisor/ports.ts";
import { runArguments, runEnvironment } from "./command-line.ts";
import type { LogSink } from "./log-sink.ts";
import { TurnPipes } from "./turn-pipes.ts";

/** How long what a finished agent left running may take to end by itself. */
const LEFTOVER_GRACE_MS = 1000;

export interface ProcessBackendParts {
  /** The opencode binary: the host's own, so that an agent runs exactly the host's version. */
  readonly binary: string;
  readonly identity: SupervisorIdentity;
  readonly onExit: AgentRole["onExit"];
  readonly skipPermissions: boolean;
  /** What the loop guard inside each child goes by. */
  readonly guard: AgentRole["guard"];
  readonly killGraceMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly openLog: (instanceId: string) => LogSink;
  readonly processTable?: ProcessTable;
}

/** Runs each turn as one `opencode run` child in a process group of its own. */
export function processBackend(parts: ProcessBackendParts): Backend {
  return { start: (turn, observer) => new ProcessTurn(parts, turn, observer) };
}

type Child = Bun.Subprocess<Uint8Array<ArrayBuffer>, "pipe", "pipe">;

class ProcessTurn implements RunningTurn {
  readonly ended: Promise<TurnEnd>;
  hasExited = false;
  readonly #parts: ProcessBackendParts;
  readonly #table: ProcessTable;
  readonly #log: LogSink;
  readonly #pipes: TurnPipes;
  readonly #tree: { root: ProcessIdentity | undefined; readonly marker: string };
  #stopping: Promise<TreeEnd> | undefined;
  /** Settles when not even SIGKILL ended the agent's own process. */
  readonly #unstoppable = Promise.withResolvers<void>();

  constructor(parts: ProcessBackendParts, turn: TurnRequest, observer: TurnObserver) {
    this.#parts = parts;
    this.#table = parts.processTable ?? systemProcessTable();
    this.#log = parts.openLog(turn.instanceId);
    this.#tree = { root: undefined, marker: turn.instanceId };
    const nonce = randomBytes(12).toString("hex");
    this.#pipes = new TurnPipes({ nonce, turn, observer, log: this.#log });
    this.ended = this.#run(turn, nonce, observer);
  }

  async stop(): Promise<void> {
    this.#stopping ??= endTree(this.#tree, this.#parts.killGraceMs, this.#table);
    const { survivors } = await this.#stopping;
    if (survivors.some(({ pid }) => pid === this.#tree.root?.pid)) this.#unstoppable.resolve();
  }

  stopNow(): void {
    endTreeNow(this.#tree, this.#table);
  }

  async #run(turn: TurnRequest, nonce: string, observer: TurnObserver): Promise<TurnEnd> {
    const child = this.#spawn(turn, nonce);
    if (child instanceof Error) return await this.#notStarted(turn, child);
    const startTime = this.#table.find(child.pid)?.startTime ?? "";
    this.#tree.root = { pid: child.pid, startTime };
    observer.spawned(this.#tree.root);
    const drained = this.#pipes.drain(child.stdout, child.stderr);
    await Promise.race([child.exited, this.#unstoppable.promise]);
    // A run that was stopped has not come to its own end.
    this.hasExited = this.#stopping === undefined;
    await this.#endLeftovers();
    this.#pipes.abandonWhenQuiet();
    await drained;
    this.#log.close();
    const evidence = this.#pipes.evidence.conclude(child.exitCode, child.signalCode);
    return { evidence, textIncomplete: this.#pipes.evidence.text().isIncomplete };
  }

  #spawn(turn: TurnRequest, nonce: string): Child | Error {
    const { binary, identity, onExit, environment, skipPermissions, guard } = this.#parts;
    const { instanceId, agent, sessionId, kind } = turn;
    const supervisor = { pid: identity.pid, startTime: identity.startTime };
    const role = { instanceId, nonce, agent, sessionId, supervisor, onExit, turn: kind, guard };
    try {
      return Bun.spawn([binary, ...runArguments(turn, skipPermissions)], {
        cwd: turn.directory,
        env: runEnvironment(environment, role),
        stdin: new TextEncoder().encode(turn.prompt),
        stdout: "pipe",
        stderr: "pipe",
        detached: true,
      });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #notStarted(turn: TurnRequest, error: Error): Promise<TurnEnd> {
    const spawnError =
      `opencode could not be started as ${this.#parts.binary} in ${turn.directory}: ${error.message}. ` +
      `Check that both exist, or set the option "opencodeBinary".`;
    this.#log.write("stderr", spawnError);
    this.#log.close();
    const evidence = { exitCode: null, signal: null, spawnError, lastErrorLines: [], text: "" };
    return { evidence, textIncomplete: false };
  }

  /** Ends what the agent started and did not end, and says in the log what it was. */
  async #endLeftovers(): Promise<void> {
    const stopped = await this.#stopping;
    const tree: Tree = { marker: this.#tree.marker };
    const { ended, survivors } = await endTree(tree, stopped === undefined ? LEFTOVER_GRACE_MS : 0, this.#table);
    const lines = [
      ...(stopped === undefined ? ended.map((process) => ["ended what the agent left running", process] as const) : []),
      ...survivors.map((process) => ["could not be ended", process] as const),
    ];
    for (const [what, { pid, command }] of lines) this.#log.write("stderr", `bizar: ${what}: ${command} (pid ${pid})`);
  }
}
