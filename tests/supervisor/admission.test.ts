import { expect, test } from "bun:test";
import { Admission } from "../../src/supervisor/admission.ts";

/** A line for `limit` places that notes who was let in. */
function line(limit: number) {
  const admitted: string[] = [];
  const admission = new Admission(limit);
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
  expect(admission.count).toBe(4);
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
  expect(admission.count).toBe(2);
});

test("one that leaves while it is being let in makes room for the next", () => {
  const admission = new Admission(1);
  const admitted: string[] = [];
  admission.request("a", () => {
    admitted.push("a");
    admission.release("a");
  });
  admission.request("b", () => void admitted.push("b"));
  expect(admitted).toEqual(["a", "b"]);
});
