import { describe, expect, test } from "bun:test";
import { Admission } from "../../src/supervisor/admission.ts";
import { FakeClock } from "./fake-clock.ts";

const MINUTE_MS = 60_000;

/** A line with four places, 768 MB that must be available, and the memory that a test names. */
function line(availableMb: number, minFreeMemoryMb = 768) {
  const now = { availableMb };
  const admitted: string[] = [];
  const clock = new FakeClock();
  const memory = { minFreeMemoryMb, availableMemoryMb: () => now.availableMb };
  const admission = new Admission({ limit: 4, memory, clock });
  const request = (...ids: string[]) => {
    for (const id of ids) admission.request(id, () => void admitted.push(id));
  };
  return { admission, admitted, clock, now, request };
}

test("with too little memory one may run all the same, and the rest follows one by one, in order", () => {
  const { admission, admitted, request } = line(10);
  request("a", "b", "c");
  expect(admitted).toEqual(["a"]);
  admission.release("a");
  expect(admitted).toEqual(["a", "b"]);
  admission.release("b");
  expect(admitted).toEqual(["a", "b", "c"]);
});

test("who waits for memory is told so, with the numbers", () => {
  const { admission, clock, request } = line(700);
  request("a", "b");
  expect(admission.waitsFor("b")).toEqual({
    what: "memory",
    detail: "700 MB are available, 512 MB of it set aside for agents that have just started; 768 MB must be",
  });
  clock.advance(MINUTE_MS);
  expect(admission.waitsFor("b")!.detail).toBe("700 MB are available; 768 MB must be");
});

test("what each waits for is told when it begins to wait, and when it waits for something else", () => {
  const told: string[] = [];
  const memory = { minFreeMemoryMb: 768, availableMemoryMb: () => 900 };
  const onWait = (id: string, what: string) => void told.push(`${id}: ${what}`);
  const admission = new Admission({ limit: 1, memory, clock: new FakeClock(), onWait });
  admission.request("a", () => undefined);
  admission.request("b", () => undefined);
  admission.request("c", () => undefined);
  expect(told).toEqual(["b: a place", "c: a place"]);
  admission.release("a");
  expect(told).toEqual(["b: a place", "c: a place"]);
  const two = new Admission({ limit: 2, memory, clock: new FakeClock(), onWait });
  for (const id of ["d", "e"]) two.request(id, () => undefined);
  expect(told.slice(2)).toEqual(["e: memory"]);
});

test("a place that is all that is missed is told when memory is there again", () => {
  const told: string[] = [];
  let free = 900;
  const memory = { minFreeMemoryMb: 768, availableMemoryMb: () => free };
  const clock = new FakeClock();
  const admission = new Admission({ limit: 2, memory, clock, onWait: (id, what) => void told.push(`${id}: ${what}`) });
  for (const id of ["a", "b", "c"]) admission.request(id, () => undefined);
  free = 9000;
  clock.advance(MINUTE_MS);
  expect(told).toEqual(["b: memory", "c: memory", "c: a place"]);
});

test("one that waits for memory starts a few seconds after it is there, though nobody has left", () => {
  const { admitted, clock, now, request } = line(700);
  request("a", "b");
  clock.advance(MINUTE_MS);
  now.availableMb = 768;
  expect(admitted).toEqual(["a"]);
  clock.advance(5000);
  expect(admitted).toEqual(["a", "b"]);
});

test("several that start at once do not count on the same memory", () => {
  const { admitted, clock, request } = line(768 + 512 + 100);
  request("a", "b", "c");
  expect(admitted).toEqual(["a", "b"]);
  clock.advance(MINUTE_MS);
  expect(admitted).toEqual(["a", "b", "c"]);
});

test("what was set aside for an agent is free again when it ends early", () => {
  const { admission, admitted, request } = line(768 + 512);
  request("a", "b", "c");
  expect(admitted).toEqual(["a", "b"]);
  admission.release("a");
  expect(admitted).toEqual(["a", "b", "c"]);
});

test("a clock that is set back sets no memory aside for hours", () => {
  const { admitted, clock, request } = line(768);
  request("a");
  clock.advance(-60 * MINUTE_MS);
  request("b");
  expect(admitted).toEqual(["a", "b"]);
});

describe("memory is looked at by a timer only while somebody waits for nothing else", () => {
  test("not while all places are taken, nor when the line is empty", () => {
    const { admission, clock, request } = line(1e6);
    request("a", "b", "c", "d");
    expect(clock.pending).toBe(0);
    request("e");
    expect(clock.pending).toBe(0);
    admission.release("e");
    expect(clock.pending).toBe(0);
  });

  test("one timer, however many wait, and none when the last of them has left", () => {
    const { admission, clock, request } = line(10);
    request("a", "b", "c");
    clock.advance(10_000);
    expect(clock.pending).toBe(1);
    admission.release("b");
    admission.release("c");
    expect(clock.pending).toBe(0);
  });

  test("none once the line is closed", () => {
    const { admission, admitted, clock, now, request } = line(10);
    request("a", "b");
    admission.close();
    expect(clock.pending).toBe(0);
    now.availableMb = 1e6;
    clock.advance(MINUTE_MS);
    expect(admitted).toEqual(["a"]);
  });
});

test("with a limit of 0 memory does not matter", () => {
  const { admitted, request } = line(0, 0);
  request("a", "b");
  expect(admitted).toEqual(["a", "b"]);
});

test("warm agents share one process: only the first is taken for one", () => {
  const { admission, admitted } = line(2000, 768);
  for (const id of ["a", "b", "c"]) admission.request(id, () => void admitted.push(id), true);
  expect(admitted).toEqual(["a", "b", "c"]);
  admission.request("d", () => void admitted.push("d"));
  expect(admitted).toEqual(["a", "b", "c", "d"]);
  admission.request("e", () => void admitted.push("e"));
  expect(admission.waitsFor("e")?.what).toBe("a place");
});
