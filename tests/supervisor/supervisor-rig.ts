import type { MemoryLimit } from "../../src/supervisor/admission.ts";
import type { InstanceRequest } from "../../src/supervisor/instance.ts";
import type { Policy } from "../../src/supervisor/policies/policy.ts";
import { deadlinePolicy } from "../../src/supervisor/policies/deadline.ts";
import type { TranscriptTurn } from "../../src/supervisor/ports.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { FakeBackend, type FakeTurn } from "./fake-backend.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryNotes } from "./memory-notes.ts";
import { FakeStore } from "./fake-store.ts";
import { sampleRequest } from "./sample-instance.ts";

/** A supervisor among fakes, and what happened to each of them. */
export function createSupervisorRig(
  maxConcurrentInstances = 8,
  memory?: MemoryLimit,
  slotsOf: (place: string) => number = () => 8,
) {
  /** What was written and started, in order. */
  const journal: string[] = [];
  const reports: string[] = [];
  /** What the user was asked. */
  const asked: string[] = [];
  /** Ends as the people were told of them. */
  const told: string[] = [];
  const backend = new FakeBackend(journal);
  const store = new FakeStore(journal);
  const clock = new FakeClock();
  const transcripts = { read: async (): Promise<TranscriptTurn[] | undefined> => undefined };
  const notes = new MemoryNotes();
  const policies: Policy[] = [deadlinePolicy];
  const supervisor = new Supervisor({
    backend,
    store,
    clock,
    transcripts,
    maxConcurrentInstances,
    slotsOf,
    ...(memory === undefined ? {} : { memory }),
    permissionWaitMs: 600_000,
    askUser: (_, { id, what }) => void asked.push(`${id} ${what}`),
    policies,
    notes,
    notifier: { ended: ({ state }) => void told.push(state.status) },
    report: (message, cause) => void reports.push(`${message} ${String(cause)}`),
  });
  /** Spawns an agent that is started at once. */
  const start = async (given: Partial<InstanceRequest> = {}): Promise<{ id: string; turn: FakeTurn }> => {
    const id = await supervisor.spawn(sampleRequest(given));
    return { id, turn: backend.turnOf(id) };
  };
  const stateOf = (id: string) => (supervisor.view(id)?.instance ?? store.records.get(id))?.state;
  return {
    ...{
      asked,
      backend,
      clock,
      journal,
      notes,
      policies,
      reports,
      start,
      stateOf,
      store,
      supervisor,
      told,
      transcripts,
    },
  };
}
