import { expect, test } from "bun:test";
import { LazyFleet } from "../../src/plugin/lazy-fleet.ts";
import type { Fleet } from "../../src/fleet/fleet.ts";
import type { FleetContext } from "../../src/plugin/fleet-context.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";

/** A fleet that is loaded when the test says so, and what is done with it. */
function createRig({ isRun = false } = {}) {
  const clock = new FakeClock();
  const loads: (() => void)[] = [];
  const done: string[] = [];
  const fleet = { close: () => void done.push("closed"), event: () => void done.push("event") };
  const load = async () => {
    const loaded = Promise.withResolvers<void>();
    loads.push(loaded.resolve);
    await loaded.promise;
    return () => fleet as unknown as Fleet;
  };
  const context = { isRun, diagnostics: { report: (message: string) => expect.unreachable(message) } };
  const lazy = new LazyFleet(context as unknown as FleetContext, clock, load);
  return { clock, loads, done, lazy };
}

test("nothing is loaded while opencode starts, and all of it a second later, once", async () => {
  const { clock, loads, lazy } = createRig();
  clock.advance(999);
  expect([loads.length, lazy.current]).toEqual([0, undefined]);
  clock.advance(1);
  const started = lazy.get();
  expect(loads).toHaveLength(1);
  loads[0]?.();
  expect(lazy.current).toBeUndefined();
  expect(await started).toBe(lazy.current!);
  lazy.requested();
  clock.advance(10_000);
  expect([loads.length, clock.pending]).toEqual([1, 0]);
});

test("a request to a model is sent first, however soon it comes", () => {
  const { clock, loads, lazy } = createRig();
  clock.advance(950);
  lazy.requested();
  clock.advance(460);
  // The further ones wait for nothing, and put nothing off.
  lazy.requested();
  expect(loads).toHaveLength(0);
  clock.advance(40);
  expect(loads).toHaveLength(1);
});

test("a run is not held up before its first request, however late that comes", () => {
  const { clock, loads, lazy } = createRig({ isRun: true });
  clock.advance(9_000);
  lazy.requested();
  clock.advance(499);
  expect(loads).toHaveLength(0);
  clock.advance(1);
  expect(loads).toHaveLength(1);
});

test("a run that makes no request has it all the same", () => {
  const { clock, loads } = createRig({ isRun: true });
  clock.advance(10_000);
  expect(loads).toHaveLength(1);
});

test("whoever needs it has it loaded at once, and what comes before the end is closed with it", async () => {
  const { clock, loads, done, lazy } = createRig();
  lazy.event({ type: "session.idle", properties: {} });
  const started = lazy.get();
  lazy.close();
  loads[0]?.();
  await started;
  expect([done, clock.pending]).toEqual([["closed"], 0]);
});

test("what is closed before is never loaded", () => {
  const { clock, loads, lazy } = createRig();
  lazy.close();
  lazy.requested();
  clock.advance(10_000);
  expect([loads.length, clock.pending]).toEqual([0, 0]);
});
