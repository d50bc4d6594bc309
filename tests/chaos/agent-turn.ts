import { noTokens, type Liveness, type Progress } from "../../src/supervisor/instance.ts";
import type { RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../../src/supervisor/ports.ts";
import { goodEvidence, type SeenEvidence } from "../supervisor/sample-instance.ts";
import type { OsProcess } from "./os-processes.ts";
import type { World } from "./world.ts";

const LIVES = { well: 10, bad: 3, empty: 1, silent: 2, thinking: 2, early: 2, unstarted: 1 };
const MOST_GRACE_MS = 2000;

/** One turn of an agent: a process that says things, works, hangs or dies, whatever becomes of its host. */
export class AgentTurn implements RunningTurn {
  readonly #end = Promise.withResolvers<TurnEnd>();
  readonly ended = this.#end.promise;
  hasExited = false;
  /** The text of the answer, once the session has it to its end. */
  finalText: string | undefined;
  readonly process: OsProcess;
  #sessionId: string | null;
  #isStopping = false;
  #text = "";
  #count = 0;

  constructor(
    private readonly world: World,
    readonly request: TurnRequest,
    /** Which turn of its instance it is, from 1. */
    readonly number: number,
    private readonly observer: TurnObserver,
    readonly host: OsProcess,
    onExit: "kill" | "finish",
    private readonly over: () => void,
  ) {
    this.process = world.processes.start();
    this.#sessionId = request.sessionId;
    const { random } = world;
    const life = random.weighted(LIVES);
    world.note(`  ${world.name(request.instanceId)} starts a turn: ${life}`);
    if (life === "unstarted") {
      this.process.die();
      this.#soon(() => this.#report({ spawnError: "no such file", exitCode: null, text: "" }));
      return;
    }
    if (random.chance(0.7)) observer.spawned(this.#identity);
    else this.#after(random.between(0, 50), () => this.#tell(() => observer.spawned(this.#identity)));
    host.atDeath(() => this.#lost(onExit));
    this.#live(life);
  }

  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#after(this.world.random.between(0, MOST_GRACE_MS), () => this.exit({ exitCode: 143 }));
    }
    await this.ended;
  }

  stopNow(): void {
    this.#isStopping = true;
    this.exit({ exitCode: null, signal: "SIGKILL" });
  }

  /** The process is gone; the host hears of it when it has cleared up. */
  exit(evidence: SeenEvidence): void {
    if (!this.process.isAlive) return;
    this.process.die();
    this.hasExited = !this.#isStopping;
    this.#soon(() => this.#report(evidence));
  }

  #live(life: keyof typeof LIVES): void {
    const { random } = this.world;
    const begin = random.between(100, 3000);
    if (life === "early") {
      this.#after(random.between(0, begin), () => this.exit({ exitCode: 1 }));
      return;
    }
    this.#after(begin, () => this.#begin());
    let at = begin;
    for (let step = random.between(0, 4); step > 0; step--) {
      at += random.between(10, 4000);
      this.#after(at, () => this.#progress({ phase: "model", hasActed: true }));
    }
    at += random.between(10, 6000);
    if (life === "thinking") this.#after(at, () => this.#progress({ thinkingSince: this.world.clock.now() }));
    if (life === "well" || life === "empty") this.#after(at, () => this.#finish(life === "well"));
    if (life === "bad") this.#after(at, () => this.exit({ exitCode: 1, sessionError: "boom" }));
  }

  #begin(): void {
    const { sessions, world } = { sessions: this.world.sessions, world: this.world };
    if (this.#sessionId === null) {
      this.#sessionId = world.newSessionId();
      sessions.create(this.#sessionId);
    }
    sessions.add(
      this.#sessionId,
      { role: "user", time: { created: world.clock.now() } },
      { type: "text", text: this.request.prompt },
    );
    const id = this.#sessionId;
    this.#tell(() => this.observer.sessionIdentified(id));
  }

  #progress(given: Partial<Liveness>): void {
    const now = this.world.clock.now();
    const liveness: Liveness = {
      ...{ phase: "model", since: now, retryAt: null, thinkingSince: null, hasActed: false, repeatsItself: false },
      ...given,
    };
    const progress: Progress = {
      ...{ activity: "thinking", toolCallCount: ++this.#count, tokens: noTokens, costUsd: 0, lastActivityAt: now },
      ...{ voice: true, liveness, textPreview: null, refused: [] },
    };
    this.#tell(() => this.observer.progressed(progress));
  }

  /** The session has the whole answer; the process goes a moment later. */
  #finish(hasText: boolean): void {
    const { instanceId } = this.request;
    this.#text = hasText ? `answer ${this.process.startTime} of ${this.world.name(instanceId)}` : "";
    const info = { finish: "stop", time: { completed: this.world.clock.now() } };
    if (this.#sessionId !== null) this.world.sessions.add(this.#sessionId, info, { type: "text", text: this.#text });
    this.finalText = this.#text;
    this.#after(this.world.random.between(0, 400), () => this.exit({ exitCode: 0 }));
  }

  #report(evidence: SeenEvidence): void {
    const { random } = this.world;
    this.over();
    const isLost = this.#text !== "" && random.chance(0.2);
    const text = isLost ? this.#text.slice(0, 4) : this.#text;
    const { finish: _, ...unfinished } = goodEvidence({ text, ...evidence });
    const whole = this.finalText === undefined ? unfinished : { ...unfinished, finish: "stop" };
    this.#end.resolve({ evidence: whole, textIncomplete: isLost });
  }

  #lost(onExit: "kill" | "finish"): void {
    if (onExit === "kill") this.#after(this.world.random.between(0, 5000), () => this.process.die());
  }

  get #identity() {
    return { pid: this.process.pid, startTime: this.process.startTime };
  }

  #tell(say: () => void): void {
    if (this.host.isAlive) say();
  }

  /** While the agent lives. */
  #after(delayMs: number, run: () => void): void {
    this.world.clock.after(delayMs, () => {
      if (this.process.isAlive) run();
    });
  }

  /** In the host, after the end. */
  #soon(run: () => void): void {
    this.world.clock.after(this.world.random.between(0, 300), () => this.#tell(run));
  }
}
