import { expect, test } from "bun:test";
import { createRecoveryRig, lostInstance, untilSettled } from "./recovery-rig.ts";
import { sampleId, sampleInstance, sampleTurn, START } from "./sample-instance.ts";

const finishing = () => lostInstance(sampleInstance("running"), { onExit: "finish" });

test('with onExit "finish" a child that lives is waited for, without holding anything up', async () => {
  const { clock, journal, recovery, saved, world } = createRecoveryRig(finishing());
  world.childLives = true;
  world.read = async () => [sampleTurn({ text: "Found it." })];
  await recovery.run();
  clock.advance(60_000);
  expect(journal).toEqual([]);
  world.childLives = false;
  const settled = Promise.withResolvers<void>();
  world.save = async (instance) => {
    saved.set(instance.instanceId, instance);
    settled.resolve();
  };
  await untilSettled(settled.promise, clock);
  expect(saved.get(sampleId(1))!.state.status).toBe("done");
});

test('with onExit "finish" a warm agent that has finished is settled, though its server goes on for others', async () => {
  const warm = sampleInstance("running", { backend: "warm" });
  const { clock, journal, recovery, reports, saved, world } = createRecoveryRig(
    lostInstance(warm, { onExit: "finish" }),
  );
  world.childLives = true;
  const answers = [undefined, sampleTurn({ text: "half" }), sampleTurn({ text: "half", finished: false })];
  world.read = async () => {
    const answer = answers.length > 0 ? answers.shift() : sampleTurn({ text: "All of it." });
    if (answer === undefined) throw new Error("not now");
    return [answer];
  };
  const settled = Promise.withResolvers<void>();
  world.save = async (instance) => {
    saved.set(instance.instanceId, instance);
    settled.resolve();
  };
  await recovery.run();
  expect(journal).toEqual([]);
  await untilSettled(settled.promise, clock);
  expect(saved.get(sampleId(1))).toMatchObject({ state: { status: "done" }, resultPreview: "All of it." });
  expect([journal.slice(0, 2), reports]).toEqual([["end tree", "write result"], []]);
});

test('with onExit "kill" a child that lives is ended', async () => {
  const { journal, recovery, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.childLives = true;
  await recovery.run();
  expect(journal).toEqual(["end tree", "save failed", "release"]);
});

test("a close stops the waiting and leaves the child to the next start", async () => {
  const { clock, journal, recovery, world } = createRecoveryRig(finishing());
  world.childLives = true;
  await recovery.run();
  recovery.close();
  clock.advance(1000);
  await Promise.resolve();
  await Promise.resolve();
  expect(journal).toEqual(["release"]);
});

test("many callers share one run", async () => {
  const { journal, recovery } = createRecoveryRig(lostInstance(sampleInstance("queued")));
  await Promise.all([recovery.run(), recovery.run()]);
  await recovery.run();
  expect(journal.filter((entry) => entry.startsWith("save"))).toHaveLength(1);
});

test("one that cannot be taken over or written keeps no other from being settled", async () => {
  const [broken, unwritable, fine] = [1, 2, 3].map((each) =>
    lostInstance(sampleInstance("queued", { instanceId: sampleId(each) })),
  );
  const { recovery, reports, saved, world } = createRecoveryRig(broken!, unwritable!, fine!);
  const { claim, save } = world;
  world.claim = async (id) => (id === sampleId(1) ? await Promise.reject(new Error("no claim")) : await claim(id));
  world.save = async (instance) =>
    instance.instanceId === sampleId(2) ? await Promise.reject(new Error("disk full")) : await save(instance);
  await recovery.run();
  expect([...saved.keys()]).toEqual([sampleId(3)]);
  expect(reports.toSorted()).toEqual([expect.stringContaining("no claim"), expect.stringContaining("disk full")]);
});

test("records that cannot be read at all are reported, and nothing throws", async () => {
  const { recovery, reports, world } = createRecoveryRig();
  world.list = async () => await Promise.reject(new Error("no folder"));
  await recovery.run();
  expect(reports).toEqual([expect.stringContaining("no folder")]);
});

test("what could not be settled is tried again at the next look, and reported once", async () => {
  const { recovery, reports, saved, world } = createRecoveryRig(lostInstance(sampleInstance("queued")));
  const { save } = world;
  let isFull = true;
  const settled = Promise.withResolvers<void>();
  world.save = async (instance) => {
    if (isFull) throw new Error("disk full");
    await save(instance);
    settled.resolve();
  };
  await recovery.run();
  await recovery.look();
  isFull = false;
  await recovery.look();
  await settled.promise;
  expect(saved.get(sampleId(1))!.state.status).toBe("failed");
  expect(reports).toHaveLength(1);
});

test("a finished turn is found although turns before it never reached the session", async () => {
  const lost = sampleInstance("running");
  const { startedAt } = lost.turns[0]!;
  const earlier = { ...lost.turns[0]!, kind: "initial" as const };
  const last = { ...earlier, kind: "follow_up" as const, startedAt: (startedAt ?? START) + 5000 };
  const { recovery, saved, world } = createRecoveryRig(lostInstance({ ...lost, turns: [earlier, earlier, last] }));
  world.read = async () => [sampleTurn({ askedAt: last.startedAt + 100, text: "Found it." })];
  await recovery.run();
  expect(saved.get(sampleId(1))!.state.status).toBe("done");
});

test("a turn whose message is known is found by that alone, and not at all where the session does not have it", async () => {
  const lost = sampleInstance("running");
  const first = { ...lost.turns[0]!, messageId: "msg_1", startedAt: START, endedAt: START + 1000 };
  const known = { ...first, kind: "follow_up" as const, messageId: "msg_5", startedAt: START + 5000, endedAt: null };
  const [unknown, late] = [{ ...known, messageId: undefined }, { askedAt: START + 6000 }];
  const earlier = sampleTurn({ text: "Earlier.", messageId: "msg_1" });
  const cases: [
    turn: typeof unknown | typeof known,
    session: ReturnType<typeof sampleTurn>[],
    result: string | undefined,
  ][] = [
    [known, [earlier, sampleTurn({ text: "Found it.", messageId: "msg_5" })], "Found it."],
    [known, [earlier, sampleTurn({ text: "Somebody's.", messageId: "msg_7", ...late })], undefined],
    [unknown, [earlier, sampleTurn({ text: "Found it.", messageId: "msg_5", ...late })], "Found it."],
    // What somebody asked later, when the host was long gone, is another turn.
    [
      unknown,
      [earlier, sampleTurn({ messageId: "msg_5", ...late }), sampleTurn({ text: "No.", messageId: "msg_7", ...late })],
      "Found it.",
    ],
    [unknown, [sampleTurn({ text: "Earlier.", messageId: "msg_1", ...late })], undefined],
    [unknown, [earlier], undefined],
  ];
  for (const [turn, session, result] of cases) {
    const { recovery, results, saved, world } = createRecoveryRig(lostInstance({ ...lost, turns: [first, turn] }));
    world.read = async () => session;
    await recovery.run();
    const { state } = saved.get(sampleId(1))!;
    expect([results.get(sampleId(1)), state.status]).toEqual([result, result === undefined ? "failed" : "done"]);
  }
});

test("the answer of an earlier turn is not taken for that of one that never reached the session", async () => {
  const lost = sampleInstance("running");
  const last = { ...lost.turns[0]!, kind: "follow_up" as const, startedAt: START + 5000 };
  const { recovery, saved, world } = createRecoveryRig(lostInstance({ ...lost, turns: [lost.turns[0]!, last] }));
  world.read = async () => [sampleTurn({ askedAt: START + 100, text: "Earlier." })];
  await recovery.run();
  expect(saved.get(sampleId(1))!.state).toMatchObject({ status: "failed", reason: "supervisor_lost" });
});

test("while no process can be seen, a child that may live is waited for, and that is told once", async () => {
  const { clock, journal, recovery, reports, world } = createRecoveryRig(finishing());
  world.childLives = new Error("EMFILE");
  await recovery.run();
  clock.advance(3000);
  expect(journal).toEqual([]);
  world.childLives = false;
  const settled = Promise.withResolvers<void>();
  world.save = async () => {
    settled.resolve();
  };
  await untilSettled(settled.promise, clock);
  expect(reports).toEqual([expect.stringContaining("could not be settled; it is tried again. Error: EMFILE")]);
});

test("what nobody can see the end of is not settled, given back, and settled by the next look", async () => {
  const { journal, recovery, reports, world } = createRecoveryRig(lostInstance(sampleInstance("running")));
  world.endTree = async () => {
    throw new Error("Whether it has ended cannot be seen.");
  };
  await recovery.run();
  expect([journal, reports.length]).toEqual([["release"], 1]);
  world.endTree = async () => {};
  await recovery.look();
  expect(journal).toEqual(["release", "save failed", "release"]);
});

test("what a lost agent had asked the user reads as not allowed", async () => {
  const asked = { askId: "per_1", kind: "permission", what: "bash: git push" } as const;
  const open = { id: "q1", askedAt: 1, state: "open", answeredAt: null, answeredBy: null, words: null } as const;
  const instance = { ...sampleInstance("running"), questions: [{ ...asked, ...open }] };
  const { recovery, saved } = createRecoveryRig(lostInstance(instance));
  await recovery.run();
  expect([...saved.values()].at(-1)?.questions).toMatchObject([{ state: "ended", answeredBy: "nobody" }]);
});

test("one whose host died before it knew the session is found by what opencode knows of it", async () => {
  const begun = sampleInstance("pending", { sessionId: null });
  const cases = [
    [sampleTurn({ text: "Found it." }), { status: "done" }, "Found it."],
    [
      sampleTurn({ text: "half", finished: false }),
      { status: "failed", error: expect.stringContaining("is in session ses_found") },
      "half",
    ],
    [undefined, { status: "failed" }, undefined],
  ] as const;
  for (const [turn, state, result] of cases) {
    const { recovery, results, saved, world } = createRecoveryRig(lostInstance(begun));
    world.findSession = async ({ instanceId }) => (instanceId === begun.instanceId ? "ses_found" : undefined);
    world.read = async (sessionId) => (sessionId === "ses_found" && turn !== undefined ? [turn] : undefined);
    await recovery.run();
    expect(saved.get(sampleId(1))).toMatchObject({ sessionId: "ses_found", state });
    expect(results.get(sampleId(1))).toBe(result);
  }
});

test("one that has begun nothing, or whose session is known, is looked for nowhere", async () => {
  for (const instance of [sampleInstance("queued"), sampleInstance("running")]) {
    const { recovery, reports, saved, world } = createRecoveryRig(lostInstance(instance));
    world.findSession = async () => await Promise.reject(new Error("It was asked."));
    await recovery.run();
    expect([saved.get(sampleId(1))?.sessionId, reports]).toEqual([instance.sessionId, []]);
  }
});

test("while opencode does not tell whose session is whose, one without a session is not settled", async () => {
  const { recovery, reports, saved, world } = createRecoveryRig(
    lostInstance(sampleInstance("pending", { sessionId: null })),
  );
  world.findSession = async () => await Promise.reject(new Error("not now"));
  await recovery.run();
  expect([saved.size, reports]).toEqual([0, [expect.stringContaining("it is tried again. Error: not now")]]);
  world.findSession = async () => undefined;
  await recovery.look();
  expect(saved.get(sampleId(1))?.state).toMatchObject({ status: "failed", reason: "supervisor_lost" });
});
