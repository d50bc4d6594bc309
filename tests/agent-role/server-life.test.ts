import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import type { ServerRole } from "../../src/agent-role/role.ts";
import { ServerLife } from "../../src/agent-role/server-life.ts";

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** A life whose supervisor is this process's parent until the test says that it is gone. */
function lifeOf(onExit: ServerRole["onExit"]) {
  const journal: string[] = [];
  const parent = { pid: 100 };
  const role: ServerRole = {
    ...{ kind: "server", instanceId: "wrm_1", nonce: "0123456789abcdef", onExit, guard: defaultGuard("/state") },
    ...{ supervisor: { pid: 100, startTime: "1" }, skipPermissions: false },
  };
  const life = new ServerLife(role, 500, {
    watch: { parentPid: () => parent.pid, lives: () => expect.unreachable("its parent tells") },
    async end({ instanceId }, abort) {
      await abort();
      journal.push(`end ${instanceId}`);
      return await new Promise<never>(() => undefined);
    },
  });
  const abort = async (id: string) => void journal.push(`abort ${id}`);
  const supervisorGone = async () => {
    parent.pid = 1;
    await pass();
  };
  return { life, journal, abort, supervisorGone };
}

async function pass(): Promise<void> {
  jest.advanceTimersByTime(500);
  // What follows a timer at once.
  for (let each = 0; each < 10; each++) await Promise.resolve();
}

test("while its supervisor lives it lives, at work or not", async () => {
  const { life, journal, abort } = lifeOf("kill");
  life.turnRuns("ses_a", async () => await abort("ses_a"));
  await pass();
  life.turnEnded("ses_a");
  await pass();
  expect(journal).toEqual([]);
});

test("without its supervisor it stops what runs, and ends", async () => {
  const { life, journal, abort, supervisorGone } = lifeOf("kill");
  for (const id of ["ses_a", "ses_b"]) life.turnRuns(id, async () => await abort(id));
  life.turnEnded("ses_b");
  await supervisorGone();
  expect(journal).toEqual(["abort ses_a", "end wrm_1"]);
});

test("with onExit finish it ends after the last turn", async () => {
  const { life, journal, abort, supervisorGone } = lifeOf("finish");
  for (const id of ["ses_a", "ses_b"]) life.turnRuns(id, async () => await abort(id));
  await supervisorGone();
  life.turnEnded("ses_a");
  await pass();
  expect(journal).toEqual([]);
  life.turnEnded("ses_b");
  await pass();
  expect(journal).toEqual(["end wrm_1"]);
});

test("with onExit finish and nothing at work it ends at once", async () => {
  const { journal, supervisorGone } = lifeOf("finish");
  await supervisorGone();
  expect(journal).toEqual(["end wrm_1"]);
});

function answered(journal: string[], id: string) {
  return async () => void journal.push(`answer ${id}`);
}

describe("a question", () => {
  test("is its supervisor's while there is one, and its own after that", async () => {
    const { life, journal, abort, supervisorGone } = lifeOf("finish");
    life.turnRuns("ses_a", async () => await abort("ses_a"));
    life.asked("per_1", "ses_a", answered(journal, "per_1"));
    await pass();
    expect(journal).toEqual([]);
    await supervisorGone();
    expect(journal).toEqual(["answer per_1"]);
    life.asked("per_2", "ses_a", answered(journal, "per_2"));
    expect(journal).toEqual(["answer per_1", "answer per_2"]);
  });

  test("that was answered, or whose turn has ended, is open no more", async () => {
    const { life, journal, abort, supervisorGone } = lifeOf("finish");
    for (const id of ["ses_a", "ses_b"]) {
      life.turnRuns(id, async () => await abort(id));
      life.asked(`per_${id}`, id, answered(journal, id));
    }
    life.answered("per_ses_a");
    life.turnEnded("ses_b");
    await supervisorGone();
    expect(journal).toEqual([]);
  });

  test("gets no answer where the turn is ended anyway", async () => {
    const { life, journal, abort, supervisorGone } = lifeOf("kill");
    life.turnRuns("ses_a", async () => await abort("ses_a"));
    life.asked("per_1", "ses_a", answered(journal, "per_1"));
    await supervisorGone();
    life.asked("per_2", "ses_a", answered(journal, "per_2"));
    expect(journal).toEqual(["abort ses_a", "end wrm_1"]);
  });

  test("whose answer is not taken keeps nobody waiting", async () => {
    const { life, journal, abort, supervisorGone } = lifeOf("finish");
    life.turnRuns("ses_a", async () => await abort("ses_a"));
    life.asked("per_1", "ses_a", async () => await Promise.reject(new Error("refused")));
    await supervisorGone();
    await pass();
    expect(journal).toEqual(["end wrm_1"]);
  });
});
