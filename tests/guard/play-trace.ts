import { GuardedHost, type HostCall } from "./guarded-host.ts";
import { parseCall, SAYS, type Step, type Trace, type TraceCall } from "./trace.ts";

type Word = "nudge" | "strong" | "block";

/** Plays a trace through the guard's hooks; returns what {@link Trace.expected} should say. */
export async function play({ steps, options }: Trace): Promise<string> {
  const player = new Player(new GuardedHost(options));
  for (const step of steps) await player.step(step);
  return describe(player.spoken);
}

/** One after the other, where calls follow each other as a range. */
function describe(spoken: readonly (readonly [Word, number])[]): string {
  const ranges: { word: Word; first: number; last: number }[] = [];
  for (const [word, number] of spoken) {
    const before = ranges.at(-1);
    if (before?.word === word && before.last === number - 1) before.last = number;
    else ranges.push({ word, first: number, last: number });
  }
  const words = ranges.map(({ word, first, last }) => `${word} ${first === last ? first : `${first}-${last}`}`);
  return words.length === 0 ? "never" : words.join(", ");
}

class Player {
  readonly spoken: [Word, number][] = [];
  #calls = 0;
  #steps = 0;
  readonly #told = new Map<string, number>();

  constructor(private readonly host: GuardedHost) {}

  async step(step: Step): Promise<void> {
    if (step === SAYS) {
      await this.host.message([{ type: "text", text: "Do it again." }]);
      this.#told.clear();
      return;
    }
    const calls = (typeof step === "string" ? [step] : step).map(parseCall);
    const messageID = `msg_${++this.#steps}`;
    for (const sessionID of new Set(calls.map((call) => call.sessionID))) {
      await this.host.request(sessionID);
      await this.host.stepStarted(sessionID);
      this.#told.delete(sessionID);
    }
    const ends: (() => Promise<void>)[] = [];
    for (const call of calls) ends.push(await this.#call(call, messageID));
    for (const end of ends) await end();
    this.spoken.sort(([, a], [, b]) => a - b);
  }

  async #call({ exitCode, tookMs, end, ...given }: TraceCall, messageID: string): Promise<() => Promise<void>> {
    const number = ++this.#calls;
    const call: HostCall = { ...given, messageID, callID: `call_${number}` };
    await this.host.announce(call);
    const refused = await this.host.ask(call);
    if (refused !== undefined) {
      this.spoken.push(["block", number]);
      return async () => void (await this.host.ended(call, { error: refused }));
    }
    await this.host.running(call);
    return async () => {
      const answer = await this.host.ended(call, end, {
        ...(exitCode === undefined ? {} : { metadata: { exit: exitCode } }),
        time: { start: 1000, end: 1000 + tookMs },
      });
      await this.#collectNudges(given.sessionID, number, answer);
    };
  }

  /** What stands below the answer, and what waits for the next request since the call was decided. */
  async #collectNudges(sessionID: string, number: number, answer: string): Promise<void> {
    const nudges = await this.host.request(sessionID);
    const below = /\n\n\[loop guard: .*$/.exec(answer);
    for (const nudge of [...(below ?? []), ...nudges.slice(this.#told.get(sessionID) ?? 0)]) {
      this.spoken.push([nudge.includes("will be refused") ? "strong" : "nudge", number]);
    }
    this.#told.set(sessionID, nudges.length);
  }
}
