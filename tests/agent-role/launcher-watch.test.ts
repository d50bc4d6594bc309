import { expect, test } from "bun:test";
import { watchLauncher, type LauncherSystem } from "../../src/agent-role/launcher-watch.ts";
import { until } from "../until.ts";

const EVERY_MS = 5;

/** A process below the shell 50, which the launcher 40 has started. */
function watched(): LauncherSystem & {
  parent: number;
  above: number | undefined;
  broken: string | undefined;
  said: number;
} {
  const system = {
    parent: 50,
    above: 40 as number | undefined,
    broken: undefined as string | undefined,
    said: 0,
    parentPid: () => system.parent,
    parentOf: () => system.above,
    say() {
      system.said += 1;
      if (system.broken !== undefined) throw Object.assign(new Error(system.broken), { code: system.broken });
    },
  };
  return system;
}

const losses: [what: string, lose: (system: ReturnType<typeof watched>) => void][] = [
  ["its pipe is broken", (system) => void (system.broken = "EPIPE")],
  ["its parent is another one", (system) => void (system.parent = 1)],
  ["the shell that started it has another parent", (system) => void (system.above = 1)],
  ["the shell that started it is gone", (system) => void (system.above = undefined)],
];
for (const [what, lose] of losses) {
  test(`nobody is left once ${what}`, async () => {
    const system = watched();
    let gone = 0;
    const stop = watchLauncher({ shell: 50, nonce: "0123456789" }, EVERY_MS * 100, () => void gone++, system);
    lose(system);
    await until("it is noticed", () => gone > 0);
    stop();
    expect(gone).toBe(1);
  });
}

test("a pipe that is full, and a table that cannot be read, are no end", async () => {
  const system = watched();
  system.broken = "EAGAIN";
  let gone = 0;
  const blind = {
    ...system,
    parentPid: system.parentPid,
    parentOf: () => {
      throw new Error("no table");
    },
  };
  const stop = watchLauncher({ shell: 50, nonce: "0123456789" }, 500, () => void gone++, { ...blind, say: system.say });
  await until("it has spoken", () => system.said > 1);
  stop();
  expect(gone).toBe(0);
});
