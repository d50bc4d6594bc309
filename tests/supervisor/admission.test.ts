import { expect, test } from "bun:test";
import { Admission } from "../../src/supervisor/admission.ts";
import { FakeClock } from "./fake-clock.ts";

/** A line for `limit` places that notes who was let in. */
function line(limit: number) {
  const admitted: string[] = [];
  const admission = new Admission({ limit, clock: new FakeClock() });
  const request = (...ids: string[]) => {
    for (const id of ids) admission.request(id, () => void admitted.push(id));
  };
  return { admission, admitted, request };
}

test("as many as there are places are let in at once", () => {
  const { admission, admitted, request } = line(2);
  request("a", "b", "c", "d");
  expect(admitted).toEqual(["a", "b"]);
  expect(["a", "b", "c", "d"].map((id) => admission.position(id))).toEqual([undefined, undefined, 1, 2]);
  expect(admission.waitsFor("c")).toEqual({ what: "a place", detail: "2 of at most 2 are running" });
  expect(admission.waitsFor("a")).toBeUndefined();
});

test("the rest follows in its order, one for each that leaves", () => {
  const { admission, admitted, request } = line(1);
  request("a", "b", "c");
  admission.release("a");
  expect(admitted).toEqual(["a", "b"]);
  expect(admission.position("c")).toBe(1);
  admission.release("b");
  expect(admitted).toEqual(["a", "b", "c"]);
});

test("who leaves the line is never let in, and those behind move up", () => {
  const { admission, admitted, request } = line(1);
  request("a", "b", "c");
  admission.release("b");
  expect(admission.position("c")).toBe(1);
  admission.release("a");
  expect(admitted).toEqual(["a", "c"]);
});

test("a release that is not due gives no place away", () => {
  const { admission, admitted, request } = line(1);
  request("a", "b", "c");
  admission.release("nobody");
  admission.release("a");
  admission.release("a");
  expect(admitted).toEqual(["a", "b"]);
  expect(admission.position("c")).toBe(1);
});

test("one that leaves while it is being let in makes room for the next", () => {
  const { admission, admitted } = line(1);
  admission.request("a", () => {
    admitted.push("a");
    admission.release("a");
  });
  admission.request("b", () => void admitted.push("b"));
  expect(admitted).toEqual(["a", "b"]);
});

test("the line is full when so many wait, those that run left out", () => {
  const { admission, request } = line(2);
  request("a", "b", "c");
  expect(admission.isFull(2)).toBe(false);
  request("d");
  expect(admission.isFull(2)).toBe(true);
  admission.release("a");
  expect(admission.isFull(2)).toBe(false);
});

test("a line that is closed lets nobody in any more", () => {
  const { admission, admitted, request } = line(1);
  request("a", "b");
  admission.close();
  admission.release("a");
  expect(admitted).toEqual(["a"]);
});
