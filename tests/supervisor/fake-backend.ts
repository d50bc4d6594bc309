import type { Backend, RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../../src/supervisor/ports.ts";
import type { Asked, Reply } from "../../src/supervisor/questions.ts";
import { goodEvidence, type SeenEvidence } from "./sample-instance.ts";

/** A turn that does what a test says. */
export class FakeTurn implements RunningTurn {
  readonly #end = Promise.withResolvers<TurnEnd>();
  readonly ended = this.#end.promise;
  hasExited = false;
  stops = 0;
  stopsNow = 0;
  /** What it was answered, by the id of what it had asked. */
  readonly answers: [askId: string, reply: Reply][] = [];

  constructor(
    readonly request: TurnRequest,
    readonly observer: TurnObserver,
  ) {}

  answer({ askId }: Asked, reply: Reply): void {
    this.answers.push([askId, reply]);
  }

  /** The process was asked to end; it does when the test calls {@link FakeTurn.end}. */
  async stop(): Promise<void> {
    this.stops += 1;
    await this.ended;
  }

  /** What no backend is to do. */
  breakOff(error: Error): void {
    this.#end.reject(error);
  }

  stopNow(): void {
    this.stopsNow += 1;
  }

  /** The process is gone, and this was seen of it. */
  end(evidence: SeenEvidence = {}, textIncomplete = false, unseen?: string): void {
    this.#end.resolve({ evidence: goodEvidence(evidence), textIncomplete, unseen });
  }
}

/** Starts turns that do nothing by themselves. */
export class FakeBackend implements Backend {
  readonly turns: FakeTurn[] = [];

  constructor(private readonly journal: string[]) {}

  start(request: TurnRequest, observer: TurnObserver): FakeTurn {
    this.journal.push(`start ${request.agent}`);
    const turn = new FakeTurn(request, observer);
    this.turns.push(turn);
    return turn;
  }

  /** The turn of an instance; an error when it was not started. */
  turnOf(instanceId: string): FakeTurn {
    const turn = this.turns.find(({ request }) => request.instanceId === instanceId);
    if (turn === undefined) throw new Error(`${instanceId} was not started.`);
    return turn;
  }
}
