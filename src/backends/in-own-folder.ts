import type { Backend, Note, RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../supervisor/ports.ts";
import type { Asked, Reply } from "../supervisor/questions.ts";
import { stoppedEarly } from "./stopped-early.ts";

/**
 * Makes the folder of a turn ready. Never rejects.
 *
 * @returns why it could not be made ready
 */
export type PrepareFolder = (
  turn: TurnRequest,
  observer: TurnObserver,
  signal: AbortSignal,
) => Promise<string | undefined>;

/** Runs each turn of an agent with a folder of its own once that folder is ready; all others at once. */
export function inOwnFolder(backend: Backend, prepare: PrepareFolder): Backend {
  return {
    start: (turn, observer) =>
      turn.folder === undefined ? backend.start(turn, observer) : new FolderTurn(backend, prepare, turn, observer),
  };
}

class FolderTurn implements RunningTurn {
  readonly ended: Promise<TurnEnd>;
  readonly #stopped = new AbortController();
  #turn: RunningTurn | undefined;

  constructor(backend: Backend, prepare: PrepareFolder, turn: TurnRequest, observer: TurnObserver) {
    this.ended = this.#run(backend, prepare, turn, observer);
  }

  get hasExited(): boolean {
    return this.#turn?.hasExited ?? false;
  }

  answer(asked: Asked, reply: Reply): void {
    this.#turn?.answer(asked, reply);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#turn === undefined) await this.ended;
    else await this.#turn.stop();
  }

  async tell(note: Note): Promise<boolean> {
    return (await this.#turn?.tell?.(note)) ?? false;
  }

  stopNow(): void {
    this.#stopped.abort();
    this.#turn?.stopNow();
  }

  async #run(backend: Backend, prepare: PrepareFolder, turn: TurnRequest, observer: TurnObserver): Promise<TurnEnd> {
    const workspaceError = await prepare(turn, observer, this.#stopped.signal);
    if (this.#stopped.signal.aborted) return stoppedEarly();
    if (workspaceError !== undefined) {
      return { evidence: { ...stoppedEarly().evidence, workspaceError }, textIncomplete: false };
    }
    this.#turn = backend.start(turn, observer);
    return await this.#turn.ended;
  }
}
