import type { Instance } from "../../src/supervisor/instance.ts";
import type { TranscriptTurn } from "../../src/supervisor/ports.ts";
import { Recovery, type LostInstance } from "../../src/supervisor/recovery.ts";
import { FakeClock } from "./fake-clock.ts";

/** One lost instance, as its record says. */
export function lostInstance(instance: Instance, given: Partial<LostInstance> = {}): LostInstance {
  return { instance, ownerPid: 1234, onExit: "kill", ...given };
}

/** A recovery among fakes that finds `lost`. */
export function createRecoveryRig(...lost: LostInstance[]) {
  const clock = new FakeClock();
  /** What was done, in order. */
  const journal: string[] = [];
  const reports: string[] = [];
  const saved = new Map<string, Instance>();
  const results = new Map<string, string>();
  /** What a test changes. */
  const world = {
    /** Or what the look for it fails with. */
    childLives: false as boolean | Error,
    endTree: async (): Promise<unknown> => journal.push("end tree"),
    read: async (_sessionId: string): Promise<TranscriptTurn[] | undefined> => undefined,
    /** The session that opencode knows of an agent which has none in its record. */
    findSession: async (_instance: Instance): Promise<string | undefined> => undefined,
    list: async () => lost,
    claim: async (id: string) => lost.find(({ instance }) => instance.instanceId === id),
    isLost: async (_id: string) => true,
    save: async (instance: Instance) => void saved.set(instance.instanceId, instance),
  };
  const recovery = new Recovery({
    lost: async () => (await world.list()).map(({ instance }) => instance.instanceId),
    claim: async (id) => await world.claim(id),
    isLost: async (id) => await world.isLost(id),
    release: async () => void journal.push("release"),
    settled: () => undefined,
    childLives() {
      if (world.childLives instanceof Error) throw world.childLives;
      return world.childLives;
    },
    endTree: async () => void (await world.endTree()),
    async save(instance) {
      await world.save(instance);
      journal.push(`save ${instance.state.status}`);
    },
    async writeResult(id, text) {
      results.set(id, text);
      journal.push("write result");
    },
    findSession: async (instance) => await world.findSession(instance),
    transcripts: { read: async (sessionId) => await world.read(sessionId) },
    clock,
    report: (message, cause) => void reports.push(`${message} ${String(cause)}`),
  });
  return { clock, journal, recovery, reports, results, saved, world };
}

/** Lets the promises that can go on do so, and moves the clock while somebody waits for it. */
export async function untilSettled(work: Promise<void>, clock: FakeClock): Promise<void> {
  const seen = { settled: false };
  void work.then(() => (seen.settled = true));
  for (let round = 0; !seen.settled && round < 1000; round++) {
    await Promise.resolve();
    if (clock.pending > 0) clock.advance(1000);
  }
  await work;
}
