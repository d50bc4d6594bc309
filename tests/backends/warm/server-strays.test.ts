import { expect, test } from "bun:test";
import { ServerStrays } from "../../../src/backends/warm/server-strays.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";

const stray = (pid: number, ...owners: string[]) => ({ pid, startTime: "1", owners });
const pidsOf = (strays: ServerStrays, id: string) => strays.of(id).map(({ pid }) => pid);

test("one that two may have started stays while the other one runs, and goes with the last", () => {
  const strays = new ServerStrays(new FakeClock());
  for (const id of ["bgr_a", "bgr_b"]) strays.turnBegan(id);
  strays.reported({ strays: [stray(1, "bgr_a"), stray(2, "bgr_a", "bgr_b"), stray(3, "bgr_b"), stray(4)] });
  expect(pidsOf(strays, "bgr_a")).toEqual([1]);
  strays.turnEnded("bgr_a");
  expect(pidsOf(strays, "bgr_b")).toEqual([2, 3]);
  expect(strays.all.map(({ pid }) => pid)).toEqual([1, 2, 3, 4]);
});

test("after a command the end of a turn waits until somebody has looked, at most for a while", async () => {
  const clock = new FakeClock();
  const strays = new ServerStrays(clock);
  expect(await strays.lookedFor("bgr_a")).toEqual([]);
  strays.reported({ shellOf: "bgr_a" });
  const looked = strays.lookedFor("bgr_a");
  strays.reported({ strays: [stray(1, "bgr_a")] });
  strays.reported({ lookedFor: "bgr_a" });
  expect(await looked).toEqual([stray(1, "bgr_a")]);

  strays.reported({ shellOf: "bgr_a" });
  const never = strays.lookedFor("bgr_a");
  clock.advance(2000);
  expect(await never).toEqual([stray(1, "bgr_a")]);
});

test("nobody waits for a server that is gone", async () => {
  const strays = new ServerStrays(new FakeClock());
  strays.reported({ shellOf: "bgr_a" });
  const looked = strays.lookedFor("bgr_a");
  strays.died();
  expect(await looked).toEqual([]);
});
