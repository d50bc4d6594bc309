import { expect, test } from "bun:test";
import { GuardedHost, SESSION } from "../guard/guarded-host.ts";

/** Calls of a session that has notes to read: the answers, as the model reads them. */
function noted(tool: string, notes: string[]) {
  const host = new GuardedHost({ noteFor: async (session) => (session === SESSION ? notes.shift() : undefined) });
  let calls = 0;
  return async (state: { output: string } | { error: string } = { output: "text" }) => {
    const call = { callID: `call_${++calls}`, messageID: `msg_${calls}`, tool, args: { filePath: "a" } };
    await host.announce(call);
    await host.ask(call);
    return "output" in state ? await host.ended(call, state, {}) : await host.ended(call, state);
  };
}

test.each(["read", "todowrite", "bizar_status"])("a note stands below the answer of %s, once", async (tool) => {
  const call = noted(tool, ["[limit] 1 left"]);
  expect([await call(), await call()]).toEqual(["text\n\n[limit] 1 left", "text"]);
});

test("a note is no news of an answer, and stands below the guard's own word", async () => {
  const call = noted("read", ["one", "two", "three"]);
  expect([await call(), await call()]).toEqual(["text\n\none", "text\n\ntwo"]);
  const third = await call();
  expect(third).toStartWith("text\n\n[loop guard: 3 identical calls to read] ");
  expect(third).toEndWith("\n\nthree");
});

test("a note waits for a call that gives an answer", async () => {
  const call = noted("read", ["later"]);
  await call({ error: "File not found: a" });
  expect(await call()).toBe("text\n\nlater");
});
