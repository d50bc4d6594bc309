import { toolContext } from "../host/tool-rig.ts";
import type { ChaosHost } from "./chaos-host.ts";
import { OF_THE_HOST } from "./agent-turn.ts";
import type { World } from "./world.ts";

interface Answer {
  readonly output: string;
  readonly metadata: Record<string, unknown>;
}

/** A session that asks for agents. It runs in one host at a time, and dies with that one's process. */
export class Parent {
  isBusy = false;
  #host: ChaosHost | undefined;
  /** The calls of tools that have no answer yet, and what aborts them. */
  readonly #calls = new Set<AbortController>();
  #round = 0;

  constructor(
    private readonly world: World,
    readonly sessionId: string,
  ) {
    world.sessions.create(sessionId);
  }

  /** The plugin instance of the host that it runs in. */
  get host(): ChaosHost | undefined {
    if (this.#host?.isLive === true) return this.#host;
    this.#calls.clear();
    this.isBusy = false;
    this.#host = this.world.random.pick(this.world.liveHosts());
    return this.#host;
  }

  get isThere(): boolean {
    return this.world.sessions.has(this.sessionId);
  }

  remove(): void {
    this.world.sessions.remove(this.sessionId);
    this.#event("session.deleted", { sessionID: this.sessionId });
    this.isBusy = false;
  }

  /** The user writes, or a message wakes it. */
  becomeBusy(): void {
    if (this.isBusy || !this.isThere || this.host === undefined || this.host.process.isPaused) return;
    this.isBusy = true;
    this.#event("session.status", { sessionID: this.sessionId, status: { type: "busy" } });
  }

  /** Its turn is over, unless it waits for a tool. */
  becomeIdle(): void {
    if (this.host === undefined || this.host.process.isPaused || !this.isBusy || this.#calls.size > 0) return;
    this.isBusy = false;
    // Its last step has seen all that was there.
    this.world.sessions.add(this.sessionId, { finish: "stop", time: { completed: this.world.clock.now() } });
    this.#event("session.status", { sessionID: this.sessionId, status: { type: "idle" } });
  }

  abort(): void {
    for (const call of this.#calls) call.abort();
  }

  /** Calls a tool as its model does; the answer is in its messages, then the host tells of it. */
  async call(tool: "collect" | "kill" | "send_message" | "status", args: object, timeoutMs: number): Promise<void> {
    this.becomeBusy();
    const { host, world, sessionId } = this;
    if (host === undefined || host.process.isPaused || !this.isThere) return;
    const name = `bizar_${tool}`;
    const call = new AbortController();
    this.#calls.add(call);
    world.clock.after(timeoutMs, () => call.abort());
    const context = toolContext({ sessionID: sessionId, abort: call.signal });
    const number = ++this.#round;
    const named = { type: "tool", tool: name, callID: `call_${number}`, sessionID: sessionId };
    this.#event("message.part.updated", { part: { ...named, state: { status: "running" } } });
    const work = host.tools[name]!.execute(args as never, context) as Promise<Answer>;
    const { output, metadata } = await world.wait(host, `${name} ${number} of ${sessionId}`, work);
    if (!host.process.isAlive) return;
    world.note(`  ${name} ${number} answers ${JSON.stringify(metadata)}`);
    if (output.includes(OF_THE_HOST)) world.violated(`${name} answers with words that no agent said: ${output}`);
    const part = { ...named, state: { status: "completed", output, metadata } };
    await world.operations.perform(host.process, () => {
      if (!this.isThere) return;
      world.sessions.add(sessionId, {}, part);
      world.telling.answer(sessionId, metadata);
    });
    await world.operations.perform(host.process, () => this.#event("message.part.updated", { part }));
    this.#calls.delete(call);
  }

  /** An event of its host, for every plugin instance in it. */
  #event(type: string, properties: object): void {
    const process = this.#host?.process;
    for (const host of this.world.liveHosts()) {
      if (host.process === process) process.receives(() => host.agents.event({ type, properties }));
    }
  }
}
