import type { ProcessIdentity } from "../processes/process-table.ts";
import { neverLessDeeds } from "./deeds.ts";
import { isTerminal, type Instance, type Progress } from "./instance.ts";
import type { Outcome } from "./outcome.ts";
import type { Clock } from "../lib/clock.ts";
import type { FinishFolder, Transcripts, TranscriptTurn } from "./ports.ts";
import { readLastTurn } from "./read-transcript.ts";
import { composeResult } from "./result.ts";
import { transition, type InstanceEvent } from "./transition.ts";

/** An instance whose supervisor is gone. */
export interface LostInstance {
  readonly instance: Instance;
  /** The supervisor that is gone, for the words of the record. */
  readonly ownerPid: number;
  readonly onExit: "kill" | "finish";
}

export interface RecoveryParts {
  /** The ids of the instances whose supervisor is gone and whose turn has no end. */
  lost(): Promise<readonly string[]>;
  /** Takes an instance over, alone; `undefined` when another host was faster or its turn has ended meanwhile. */
  claim(instanceId: string): Promise<LostInstance | undefined>;
  /** Whether its supervisor is gone yet: one elsewhere may have come back from a sleep. */
  isLost(instanceId: string): Promise<boolean>;
  release(instanceId: string): Promise<void>;
  /** Throws where no process can be seen just now. */
  childLives(process: ProcessIdentity): boolean;
  /**
   * Ends what is left of an agent; what it shares with others that may finish alone as well ends by itself. Rejects when
   * nobody can see what is left.
   */
  endTree(instance: Instance, ownerPid: number, onExit: LostInstance["onExit"]): Promise<void>;
  save(instance: Instance): Promise<void>;
  writeResult(instanceId: string, text: string): Promise<void>;
  /** An instance is settled and written down. */
  settled(instance: Instance): void;
  readonly finishFolder?: FinishFolder;
  readonly transcripts: Transcripts;
  /** The session of an agent whose host died before it could write down which; `undefined` where it has none. */
  readonly findSession: (instance: Instance) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly report: (message: string, cause: unknown) => void;
}

const CHILD_POLL_MS = 1000;
/** How often the session is read of an agent whose process goes on for others. */
const SESSION_POLL_MS = 5000;

/**
 * Settles what a dead host left: a turn that had finished is read back from its session, everything else is ended and
 * becomes `failed: supervisor_lost`.
 */
export class Recovery {
  #closed = false;
  readonly #reported = new Set<string>();
  #settled: Promise<void> | undefined;

  constructor(private readonly parts: RecoveryParts) {}

  /**
   * Settles when each lost instance is settled, but for those that may work on to their end (`onExit: "finish"`).
   * Runs once; later calls wait for the same run. Never rejects.
   */
  async run(): Promise<void> {
    this.#settled ??= this.#run();
    await this.#settled;
  }

  /** Does it again, for what is lost since, and what could not be settled. Never rejects. */
  async look(): Promise<void> {
    await this.run();
    if (!this.#closed) await this.#run();
  }

  /** Stops waiting for agents that work on alone. */
  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    try {
      const lost = await this.parts.lost();
      for (const instanceId of this.#reported) if (!lost.includes(instanceId)) this.#reported.delete(instanceId);
      await Promise.all(lost.map((instanceId) => this.#recover(instanceId)));
    } catch (error) {
      this.parts.report("The records of earlier hosts could not be read.", error);
    }
  }

  async #recover(instanceId: string): Promise<void> {
    let lost: LostInstance | undefined;
    try {
      lost = await this.parts.claim(instanceId);
    } catch (error) {
      this.#reportOnce(instanceId, error);
    }
    if (lost === undefined) return;
    const process = "process" in lost.instance.state ? lost.instance.state.process : null;
    if (lost.onExit === "finish" && process !== null && this.#mayLive(instanceId, process)) {
      this.#afterChild(lost, process).catch((error: unknown) =>
        this.parts.report(`${instanceId}, which works on alone, could not be settled.`, error),
      );
      return;
    }
    await this.#settle(lost);
  }

  /** Whether nobody has seen that an agent which works on alone is gone. */
  #mayLive(instanceId: string, process: ProcessIdentity): boolean {
    try {
      return this.parts.childLives(process);
    } catch (error) {
      this.#reportOnce(instanceId, error);
      return true;
    }
  }

  /** The disk is full, the host does not answer, no process can be seen: all of it may pass. */
  #reportOnce(instanceId: string, error: unknown): void {
    if (this.#closed || this.#reported.has(instanceId)) return;
    this.#reported.add(instanceId);
    this.parts.report(`${instanceId}, left by an earlier host, could not be settled; it is tried again.`, error);
  }

  /** Lets an agent that works on alone come to its end first. */
  async #afterChild(lost: LostInstance, process: ProcessIdentity): Promise<void> {
    const { instance } = lost;
    const isShared = instance.backend === "warm";
    // Found finished twice: between two messages of a turn it may look so for a moment.
    for (let looks = 0; !this.#closed && looks < 2 && this.#mayLive(instance.instanceId, process);) {
      await this.#pause(isShared ? SESSION_POLL_MS : CHILD_POLL_MS);
      looks = isShared && (await this.#hasFinished(instance)) ? looks + 1 : 0;
    }
    if (this.#closed) await this.parts.release(lost.instance.instanceId);
    else await this.#settle(lost);
  }

  async #hasFinished(instance: Instance): Promise<boolean> {
    try {
      const { transcripts, clock } = this.parts;
      return (await readLastTurn(transcripts, await this.#identified(instance), clock))?.finished === true;
    } catch (error) {
      this.#reportOnce(instance.instanceId, error);
      return false;
    }
  }

  async #settle(lost: LostInstance): Promise<void> {
    const { parts } = this;
    const { instanceId } = lost.instance;
    try {
      await parts.endTree(lost.instance, lost.ownerPid, lost.onExit);
      const instance = await this.#identified(lost.instance);
      const turn = await readLastTurn(parts.transcripts, instance, parts.clock);
      const { text, kept } = composeResult([], turn?.words ?? []);
      if (!(await parts.isLost(instanceId))) return;
      if (text !== "") await parts.writeResult(instanceId, text);
      const changes = await parts.finishFolder?.(instance);
      const settled = settleLost(
        { ...instance, progress: withDeeds(instance, turn) },
        parts.clock.now(),
        settlement({ ...lost, instance }, turn),
        { changes, ...kept },
      );
      await parts.save(settled);
      parts.settled(settled);
    } catch (error) {
      this.#reportOnce(instanceId, error);
    } finally {
      await parts
        .release(instanceId)
        .catch((error: unknown) => parts.report(`The claim on ${instanceId} could not be given back.`, error));
    }
  }

  /** What has begun may have a session that no record tells of. */
  async #identified(instance: Instance): Promise<Instance> {
    if (instance.sessionId !== null || instance.state.status === "queued") return instance;
    const sessionId = await this.parts.findSession(instance);
    return sessionId === undefined ? instance : { ...instance, sessionId };
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.parts.clock.after(ms, resolve));
  }
}

/** What it did since its record was written last is in its session. */
function withDeeds({ progress }: Instance, turn: TranscriptTurn | undefined): Progress {
  return turn?.deeds === undefined ? progress : { ...progress, ...neverLessDeeds(progress, turn.deeds) };
}

/** What is known of a turn's result beside how it ended. */
type LostResult = Omit<Extract<InstanceEvent, { type: "ended" }>, "type" | "at" | "outcome" | "exitCode" | "signal">;

/** An instance whose supervisor is gone, as it is once it has ended. */
export function settleLost(
  instance: Instance,
  at: number,
  outcome: Outcome,
  result: LostResult = { resultPreview: null },
): Instance {
  // The session that asked may have gone on long since: it finds a note, and turns that waited behind this one are off.
  const announce = instance.announce === "wake" ? "note" : instance.announce;
  const ended = { type: "ended", at, outcome, exitCode: null, signal: null, ...result } as const;
  return transition({ ...instance, announce, followUps: [] }, ended).instance;
}

/** How an instance ends whose supervisor is gone. */
export function settlement({ instance, ownerPid }: LostInstance, turn: TranscriptTurn | undefined): Outcome {
  if (isTerminal(instance)) throw new Error(`${instance.instanceId} has ended already.`);
  if (turn?.finished === true) {
    return turn.words.length === 0 ? { status: "done", reason: "empty_result" } : { status: "done" };
  }
  const gone = `The opencode that ran this agent (process ${ownerPid}) ended without closing it`;
  if (instance.state.status === "queued") {
    return { status: "failed", reason: "supervisor_lost", error: `${gone}, while it waited for a place.` };
  }
  const session =
    instance.sessionId === null ? "" : ` What it did is in session ${instance.sessionId}.${mayGoOn(instance)}`;
  return { status: "failed", reason: "supervisor_lost", error: `${gone}, before its turn was finished.${session}` };
}

/** A server elsewhere knows nothing of who has asked for the turn. */
function mayGoOn({ on, backend }: Instance): string {
  return on === undefined || backend !== "warm" ? "" : ` It may go on there, on ${on}: a message to it takes that up.`;
}
