import { expect, test } from "bun:test";
import { Lazy } from "../../src/lib/lazy.ts";

/** Something that is loaded when the test says so. */
function createRig() {
  const loads: PromiseWithResolvers<void>[] = [];
  let closed = 0;
  const lazy = new Lazy(async () => {
    const load = Promise.withResolvers<void>();
    loads.push(load);
    await load.promise;
    return { close: () => void closed++ };
  });
  return { lazy, loads, closed: () => closed };
}

test("all who ask get the one that the first of them had loaded", async () => {
  const { lazy, loads } = createRig();
  expect([lazy.isAsked, lazy.current]).toEqual([false, undefined]);
  const both = [lazy.get(), lazy.get()];
  expect([lazy.isAsked, lazy.current, loads.length]).toEqual([true, undefined, 1]);
  loads[0]?.resolve();
  const [first, second] = await Promise.all(both);
  expect(first).toBe(second);
  expect(lazy.current).toBe(first);
});

test("what is there, being loaded, or asked for later is closed", async () => {
  for (const close of ["before", "meanwhile", "after"] as const) {
    const { lazy, loads, closed } = createRig();
    if (close === "before") lazy.close();
    const asked = lazy.get();
    if (close === "meanwhile") lazy.close();
    loads[0]?.resolve();
    await asked;
    if (close === "after") lazy.close();
    expect(closed()).toBe(1);
  }
});

test("what could not be loaded is tried again", async () => {
  const { lazy, loads } = createRig();
  const asked = lazy.get();
  loads[0]?.reject(new Error("no such file"));
  expect(await asked.catch(String)).toContain("no such file");
  const again = lazy.get();
  loads[1]?.resolve();
  const loaded = await again;
  expect(lazy.current).toBe(loaded);
});
