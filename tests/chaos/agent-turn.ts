import { noDeeds } from "../../src/supervisor/deeds.ts";
import { noTokens, type Liveness, type Progress } from "../../src/supervisor/instance.ts";
import type { RunningTurn, TurnEnd, TurnObserver, TurnRequest } from "../../src/supervisor/ports.ts";
import { goodEvidence, type SeenEvidence } from "../supervisor/sample-instance.ts";
import type { OsProcess } from "./os-processes.ts";
import type { World } from "./world.ts";

const LIVES = { well: 10, bad: 3, empty: 1, silent: 2, thinking: 2, early: 2, unstarted: 1 };
/** Lives that a watchdog may end. */
const HANGING = ["silent", "thinking"];
const MOST_GRACE_MS = 2000;
/** What the host says in an agent's session: it is in no result. */
export const OF_THE_HOST = "In sum: continue.";

/** One turn of an agent: a process that says things, works, hangs or dies, whatever becomes of its host. */
export class AgentTurn implements RunningTurn {
  readonly #end = Promise.withResolvers<TurnEnd>();
  readonly ended = this.#end.promise;
  hasExited = false;
  /** Whether nothing but its id, of which the host has to be told, tells the prompt from what the host itself says. */
  isHidden = false;
  /** The text of the answer, once the session has it to its end. */
  finalText: string | undefined;
  readonly process: OsProcess;
  readonly life: keyof typeof LIVES;
  #sessionId: string | null;
  #isStopping = false;
  /** What the agent has said so far, of each of its messages. */
  readonly #words: string[] = [];
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
    this.life = random.weighted(LIVES);
    world.note(`  ${world.name(request.instanceId)} starts a turn: ${this.life}`);
    if (this.life === "unstarted") {
      this.process.die();
      this.#soon(() => this.#report({ spawnError: "no such file", exitCode: null, words: [] }));
      return;
    }
    if (random.chance(0.7)) observer.spawned(this.#identity);
    else this.#after(random.between(0, 50), () => this.#tell(() => observer.spawned(this.#identity)));
    host.atDeath(() => this.#lost(onExit));
    this.#live(this.life);
  }

  /** Whether it may do nothing for so long that a watchdog ends it: by its nature, or because it stood still. */
  get mayHang(): boolean {
    return HANGING.includes(this.life) || this.process.wasPaused;
  }

  async stop(): Promise<void> {
    const { clock, processes, random } = this.world;
    if (!this.#isStopping) {
      this.#isStopping = true;
      // What stands still is ended by a signal as well.
      clock.after(random.between(0, MOST_GRACE_MS), () => this.exit({ exitCode: 143 }));
    }
    if (processes.isUnreadable && random.chance(0.5)) throw new Error("EMFILE: too many open files");
    await this.ended;
  }

  answer(): void {}

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
      if (random.chance(0.2)) this.#after(at, () => this.#isCompacted());
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
      sessions.create(this.#sessionId, this.request.instanceId);
    }
    // Another plugin may have left nothing of the parts by which a prompt would be known.
    const synthetic = world.random.chance(0.1);
    this.isHidden = synthetic;
    const { info } = sessions.add(
      this.#sessionId,
      { role: "user", time: { created: world.clock.now() } },
      { type: "text", text: this.request.prompt, synthetic },
    );
    const id = this.#sessionId;
    this.#tell(() => this.observer.sessionIdentified(id));
    // Told with the session, later, or, where the host dies before, never.
    if (synthetic || world.random.chance(0.5)) this.#tell(() => this.observer.prompted(info.id));
    else this.#after(world.random.between(0, 2000), () => this.#tell(() => this.observer.prompted(info.id)));
  }

  /** A step fills the session; the host sums it up, and asks the agent to go on. */
  #isCompacted(): void {
    if (this.#sessionId === null) return;
    const { sessions, random } = this.world;
    this.#say(random.chance(0.2) ? "stop" : "tool-calls", `step ${this.world.number()}`);
    sessions.add(this.#sessionId, this.#now("user"), { type: "compaction", auto: true });
    sessions.add(
      this.#sessionId,
      { ...this.#now(), summary: true, finish: "stop" },
      { type: "text", text: OF_THE_HOST },
    );
    sessions.add(this.#sessionId, this.#now("user"), { type: "text", text: OF_THE_HOST, synthetic: true });
  }

  #say(finish: string, text: string): void {
    if (text !== "") this.#words.push(text);
    if (this.#sessionId === null) return;
    this.world.sessions.add(this.#sessionId, { ...this.#now(), finish }, { type: "text", text });
  }

  #now(role = "assistant") {
    const at = this.world.clock.now();
    return { role, time: role === "user" ? { created: at } : { created: at, completed: at } };
  }

  #progress(given: Partial<Liveness>): void {
    const now = this.world.clock.now();
    const liveness: Liveness = {
      ...{ phase: "model", since: now, retryAt: null, thinkingSince: null, hasActed: false, repeatsItself: false },
      ...given,
    };
    this.#count += 1;
    // A voice may begin anew in the middle of a turn, and know nothing of what was before.
    const counted = this.#count % 2 === 0 ? 0 : this.#count;
    const tokens = { ...noTokens, input: 10 * counted };
    const progress: Progress = {
      ...{ activity: "thinking", toolCallCount: counted, tokens, costUsd: counted / 8, lastActivityAt: now },
      ...{ voice: true, liveness, textPreview: null, ...noDeeds },
    };
    this.#tell(() => this.observer.progressed(progress));
  }

  /** The session has the whole answer; the process goes a moment later. */
  #finish(hasText: boolean): void {
    const { instanceId } = this.request;
    this.#say("stop", hasText ? `answer ${this.process.startTime} of ${this.world.name(instanceId)}` : "");
    this.finalText = this.#words.join("\n\n");
    this.#after(this.world.random.between(0, 400), () => this.exit({ exitCode: 0 }));
  }

  #report(evidence: SeenEvidence): void {
    const { processes, random } = this.world;
    this.over();
    if (processes.isUnreadable && random.chance(0.3)) {
      this.#end.reject(new Error("EMFILE: too many open files"));
      return;
    }
    const isLost = this.#words.length > 0 && random.chance(0.2);
    const words = isLost ? [this.#words[0]!.slice(0, 4)] : [...this.#words];
    const { finish: _, ...unfinished } = goodEvidence({ words, ...evidence });
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
    this.host.receives(say);
  }

  /** While the agent lives; late, where it stood still. */
  #after(delayMs: number, run: () => void): void {
    this.world.clock.after(delayMs, () => this.process.timed(run));
  }

  /** In the host, after the end. */
  #soon(run: () => void): void {
    this.world.clock.after(this.world.random.between(0, 300), () => this.#tell(run));
  }
}
