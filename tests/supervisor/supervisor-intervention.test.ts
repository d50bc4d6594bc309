import { describe, expect, test } from "bun:test";
import { noTokens, type Liveness, type Progress } from "../../src/supervisor/instance.ts";
import { FleetBudget } from "../../src/supervisor/policies/caps.ts";
import { silencePolicy } from "../../src/supervisor/policies/silence.ts";
import { thinkingLoopPolicy } from "../../src/supervisor/policies/thinking-loop.ts";
import { Supervisor } from "../../src/supervisor/supervisor.ts";
import { FakeBackend, type FakeTurn } from "./fake-backend.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryNotes } from "./memory-notes.ts";
import { FakeStore } from "./fake-store.ts";
import { killed, sampleInstance, sampleRequest } from "./sample-instance.ts";
import { until } from "../until.ts";

const THINKING_MS = 300_000;
const thinking: Liveness = {
  phase: "model",
  since: 0,
  retryAt: null,
  thinkingSince: null,
  hasActed: false,
  repeatsItself: false,
};

/** A supervisor with its watchdogs, and one agent that runs in `ses_child`. */
async function startAgent(maxInterventions = 1, fleet = new FleetBudget(0)) {
  const journal: string[] = [];
  const backend = new FakeBackend(journal);
  const store = new FakeStore(journal);
  const clock = new FakeClock();
  const supervisor = new Supervisor({
    backend,
    store,
    clock,
    transcripts: { read: async () => undefined },
    notes: new MemoryNotes(),
    maxConcurrentInstances: 8,
    permissionWaitMs: 600_000,
    policies: [
      silencePolicy({ stallTimeoutMs: 180_000, toolTimeoutMs: 1_800_000 }),
      thinkingLoopPolicy({ timeoutMs: THINKING_MS, maxInterventions }),
      fleet.policy,
    ],
    refusal: () => fleet.refusal(),
    notifier: { ended: () => undefined },
    report: (message) => void journal.push(message),
  });
  const id = await supervisor.spawn(sampleRequest());
  const first = backend.turnOf(id);
  first.observer.sessionIdentified("ses_child");
  return {
    backend,
    clock,
    first,
    id,
    store,
    supervisor,
    /** The turn that follows an intervention. */
    async nextTurn(count = 2): Promise<FakeTurn> {
      await until("the next turn starts", () => backend.turns.length === count);
      return backend.turns[count - 1]!;
    },
    instance: () => supervisor.view(id)?.instance ?? store.records.get(id)!,
    report(turn: FakeTurn, given: Partial<Progress> = {}, liveness: Partial<Liveness> = {}): void {
      const now = clock.now();
      const { progress } = sampleInstance();
      turn.observer.progressed({
        ...progress,
        voice: true,
        activity: "thinking",
        lastActivityAt: now,
        liveness: { ...thinking, ...liveness },
        ...given,
      });
    },
  };
}

type Agent = Awaited<ReturnType<typeof startAgent>>;

/** The turn thinks up to the limit, heard all the time. */
function thinkToTheLimit(agent: Agent, turn: FakeTurn, given: Partial<Progress> = {}): void {
  const thinkingSince = agent.clock.now();
  for (let passed = 0; passed <= THINKING_MS; passed += 60_000) {
    agent.report(turn, given, { thinkingSince });
    agent.clock.advance(passed === THINKING_MS ? 250 : 60_000);
  }
}

const aborted = { exitCode: 143, text: "Hm." };

describe("an intervention", () => {
  test("stops the turn and starts another one of the same session", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    expect(agent.first.stops).toBe(1);
    expect(agent.backend.turns.length).toBe(1);
    agent.first.end(aborted);
    const second = await agent.nextTurn();
    expect(second.request).toMatchObject({ kind: "intervention", sessionId: "ses_child", agent: "mimir" });
    expect(second.request.prompt).toContain("Take one concrete step now");
    expect(agent.instance().state.status).toBe("running");
  });

  test("is in the record as a turn of its own", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    const at = agent.clock.now();
    agent.first.end(aborted);
    (await agent.nextTurn()).end({ text: "The answer." });
    await agent.supervisor.whenSettled(agent.id);
    expect(agent.store.records.get(agent.id)!.turns).toMatchObject([
      { kind: "initial", exitCode: 143, endedAt: at },
      { kind: "intervention", prompt: expect.stringContaining("concrete step"), startedAt: at, exitCode: 0 },
    ]);
    expect(agent.store.results.get(agent.id)).toBe("The answer.");
    expect(agent.clock.pending).toBe(0);
  });

  test("keeps the counts: they are those of the whole run", async () => {
    const agent = await startAgent();
    const counts = { toolCallCount: 3, costUsd: 0.25, tokens: { ...noTokens, input: 100, output: 7 } };
    thinkToTheLimit(agent, agent.first, counts);
    agent.first.end(aborted);
    const second = await agent.nextTurn();
    agent.report(second, { toolCallCount: 1, costUsd: 0.5, tokens: { ...noTokens, input: 10, reasoning: 5 } });
    agent.report(second, { toolCallCount: 2, costUsd: 0.5, tokens: { ...noTokens, input: 20, reasoning: 5 } });
    expect(agent.instance().progress).toMatchObject({
      toolCallCount: 5,
      costUsd: 0.75,
      tokens: { input: 120, output: 7, reasoning: 5, cacheRead: 0, cacheWrite: 0 },
    });
  });

  test("that does not help ends the run as thinking_loop", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    agent.first.end(aborted);
    const second = await agent.nextTurn();
    thinkToTheLimit(agent, second);
    expect(second.stops).toBe(1);
    second.end(aborted);
    await agent.supervisor.whenSettled(agent.id);
    expect(agent.instance().state).toMatchObject({ status: "failed", reason: "thinking_loop" });
    expect([agent.backend.turns.length, agent.clock.pending]).toEqual([2, 0]);
  });

  test("that helps is given back", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    agent.first.end(aborted);
    const second = await agent.nextTurn();
    agent.report(second, { activity: "tool read", toolCallCount: 1 }, { phase: "tool", since: 0, hasActed: true });
    thinkToTheLimit(agent, second);
    second.end(aborted);
    expect((await agent.nextTurn(3)).request.kind).toBe("intervention");
  });
});

describe("while the turn is being stopped", () => {
  test("a kill wins: no further turn starts", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    const stopped = agent.supervisor.stop(agent.id, killed);
    agent.first.end(aborted);
    await stopped;
    expect(agent.instance().state).toMatchObject({ status: "killed", reason: "killed" });
    expect([agent.backend.turns.length, agent.clock.pending]).toEqual([1, 0]);
  });

  test("an agent that ended well by itself is done", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    agent.first.end({ text: "The answer." });
    await agent.supervisor.whenSettled(agent.id);
    expect(agent.instance().state).toMatchObject({ status: "done", reason: null });
    expect([agent.backend.turns.length, agent.clock.pending]).toEqual([1, 0]);
  });

  test("the host that goes away ends it: no further turn starts", async () => {
    const agent = await startAgent();
    thinkToTheLimit(agent, agent.first);
    agent.supervisor.shutdown();
    agent.first.end(aborted);
    await agent.supervisor.whenSettled(agent.id);
    expect(agent.instance().state).toMatchObject({ status: "failed", reason: "shutdown" });
    expect([agent.backend.turns.length, agent.clock.pending]).toEqual([1, 0]);
  });
});

test("a kill of the turn that follows an intervention ends that one", async () => {
  const agent = await startAgent();
  thinkToTheLimit(agent, agent.first);
  agent.first.end(aborted);
  const second = await agent.nextTurn();
  const stopped = agent.supervisor.stop(agent.id, killed);
  expect([agent.first.stops, second.stops]).toEqual([1, 1]);
  second.end(aborted);
  await stopped;
  expect(agent.instance().state.status).toBe("killed");
});

test("the loop guard's marker is the first line of the result", async () => {
  const agent = await startAgent();
  const resultHeader = "[loop guard: 7 identical calls to bash]";
  agent.first.observer.mustStop({ status: "failed", reason: "loop_guard", error: "Refused.", resultHeader });
  agent.first.end({ exitCode: 143, text: "What I found." });
  await agent.supervisor.whenSettled(agent.id);
  expect(agent.store.results.get(agent.id)).toBe(`${resultHeader}\nWhat I found.`);
  expect(agent.instance().state).toMatchObject({ status: "failed", reason: "loop_guard" });
});

test("the marker is the whole result of an agent that wrote nothing", async () => {
  const agent = await startAgent();
  const resultHeader = "[loop guard: 7 identical calls to bash]";
  agent.first.observer.mustStop({ status: "failed", reason: "loop_guard", error: "Refused.", resultHeader });
  agent.first.end({ exitCode: 143, text: "" });
  await agent.supervisor.whenSettled(agent.id);
  expect(agent.store.results.get(agent.id)).toBe(resultHeader);
  expect(agent.instance().resultPreview).toBe(resultHeader);
});

test("a marker that came too late, after another cause of the end, is not told", async () => {
  const agent = await startAgent();
  const stopped = agent.supervisor.stop(agent.id, killed);
  agent.first.observer.mustStop({ status: "failed", reason: "loop_guard", resultHeader: "[loop guard: …]" });
  agent.first.end({ exitCode: 143, text: "What I found." });
  await stopped;
  expect(agent.store.results.get(agent.id)).toBe("What I found.");
});

test("no agent is started once all together have cost too much", async () => {
  const agent = await startAgent(1, new FleetBudget(1));
  agent.report(agent.first, { costUsd: 1.5 });
  expect(agent.first.stops).toBe(1);
  const refused = await agent.supervisor.spawn(sampleRequest()).catch((error: Error) => error.message);
  expect(refused).toContain("fleetBudgetUsd");
  agent.first.end(aborted);
  await agent.supervisor.whenSettled(agent.id);
  expect(agent.instance().state).toMatchObject({ status: "failed", reason: "budget" });
});
