import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { whenAborted } from "../../src/lib/when-aborted.ts";
import { withLimit } from "../../src/lib/with-limit.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const never = new AbortController().signal;

test("what is over before the limit leaves no timer, however it ended", async () => {
  expect(await withLimit(never, 1_800_000, async () => "over")).toBe("over");
  expect(jest.getTimerCount()).toBe(0);
  const failing = withLimit(never, 1_800_000, async () => await Promise.reject(new Error("broken")));
  expect(failing).rejects.toThrow("broken");
  await failing.catch(() => undefined);
  expect(jest.getTimerCount()).toBe(0);
});

test("the limit aborts", async () => {
  const waiting = withLimit(never, 1000, async (signal) => {
    await whenAborted(signal);
    return signal.aborted;
  });
  jest.advanceTimersByTime(1000);
  expect(await waiting).toBe(true);
});

test("so does the signal that was given", async () => {
  const abort = new AbortController();
  const waiting = withLimit(abort.signal, 1000, async (signal) => await whenAborted(signal));
  abort.abort();
  await waiting;
  expect(jest.getTimerCount()).toBe(0);
});
