import { expect, test } from "bun:test";
import { EarlyReadings } from "../../../src/fleet/telling/early-readings.ts";
import type { ParentSession } from "../../../src/fleet/telling/parent-session.ts";
import { FakeClock } from "../../supervisor/fake-clock.ts";

function early(open: () => Promise<ParentSession> = async () => ({ agent: "odin" }) as ParentSession) {
  const clock = new FakeClock();
  return { clock, readings: new EarlyReadings({ clock, open }) };
}

test("what was read for the end of an agent is given once, to who tells of that agent alone", async () => {
  const { readings } = early();
  readings.read("ses_1", "one");
  expect(await readings.take("ses_1", ["one"])).toMatchObject({ agent: "odin" });
  expect(readings.take("ses_1", ["one"])).toBeUndefined();
  readings.read("ses_1", "one");
  expect(readings.take("ses_2", ["one"])).toBeUndefined();
  expect(readings.take("ses_1", ["one", "two"])).toBeUndefined();
  readings.read("ses_1", "one");
  readings.read("ses_1", "two");
  expect(readings.take("ses_1", ["one"])).toBeUndefined();
});

test("what was read before a standstill, and what could not be, is read anew", async () => {
  const { clock, readings } = early();
  readings.read("ses_1", "one");
  clock.advance(1000);
  expect(readings.take("ses_1", ["one"])).toBeUndefined();
  const failing = early(async () => await Promise.reject(new Error("no answer"))).readings;
  failing.read("ses_1", "one");
  await Promise.resolve();
  await Promise.resolve();
  expect(failing.take("ses_1", ["one"])).toBeUndefined();
});
