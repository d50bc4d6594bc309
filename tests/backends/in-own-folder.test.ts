import { expect, test } from "bun:test";
import { inOwnFolder, type PrepareFolder } from "../../src/backends/in-own-folder.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { judge } from "../../src/supervisor/outcome.ts";
import type { TurnObserver, TurnRequest } from "../../src/supervisor/ports.ts";
import { FakeBackend } from "../supervisor/fake-backend.ts";

const observer: TurnObserver = {
  ...{
    spawned() {},
    sessionIdentified() {},
    prompted() {},
    startRepeated() {},
    progressed() {},
    mustStop() {},
    asked() {},
    toldParent() {},
    answeredElsewhere() {},
  },
};

function createRig(prepare: PrepareFolder, folder: TurnRequest["folder"] | null = FOLDER) {
  const inner = new FakeBackend([]);
  const turn = inOwnFolder(inner, prepare).start(
    {
      ...{ instanceId: createInstanceId(), agent: "thor", model: { providerId: "p", modelId: "m" }, kind: "initial" },
      ...{
        prompt: "do it",
        directory: "/c",
        backend: "warm",
        parentSessionId: "ses_p",
        sessionId: null,
        folder: folder ?? undefined,
      },
    },
    observer,
  );
  return { inner, turn };
}

const FOLDER = { original: "/p", copy: "/c", directory: "/c", base: "a1b2c3d" };

test("a turn starts once its folder is ready, and ends as it ends", async () => {
  const ready = Promise.withResolvers<undefined>();
  const { inner, turn } = createRig(async () => await ready.promise);
  expect([inner.turns.length, turn.hasExited]).toEqual([0, false]);
  ready.resolve(undefined);
  await Promise.resolve().then(() => undefined);
  inner.turns[0]?.end({ words: ["done"] });
  expect(judge((await turn.ended).evidence).status).toBe("done");
});

test("a folder that cannot be made ready ends it as workspace_failed, and nothing is started", async () => {
  const { inner, turn } = createRig(async () => "worktreeSetup ended with code 1");
  expect(judge((await turn.ended).evidence)).toEqual({
    ...{ status: "failed", reason: "workspace_failed", error: "worktreeSetup ended with code 1" },
  });
  expect(inner.turns).toEqual([]);
});

test("a stop while the folder is made ready ends that, and nothing is started", async () => {
  const { inner, turn } = createRig(
    async (_turn, _observer, signal) =>
      await new Promise((resolve) => signal.addEventListener("abort", () => resolve("it was ended"))),
  );
  await turn.stop();
  await turn.ended;
  expect(inner.turns).toEqual([]);
});

test("a stop of a turn that runs is its own, and an agent of the shared folder starts at once", async () => {
  const { inner, turn } = createRig(async () => expect.unreachable(), null);
  expect(turn).toBe(inner.turns[0]!);
  turn.stopNow();
  expect(inner.turns[0]?.stopsNow).toBe(1);
});
