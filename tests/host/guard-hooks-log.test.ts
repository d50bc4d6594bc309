import { describe, expect, test } from "bun:test";
import { GuardedHost, MemoryStore, type HostCall } from "../guard/guarded-host.ts";

const call: HostCall = { callID: "call_1", messageID: "msg_1", tool: "bash", args: { command: "make secret" } };

async function make(host: GuardedHost, given: Partial<HostCall> = {}): Promise<void> {
  const made = { ...call, ...given };
  await host.announce(made);
  await host.ask(made);
  await host.running(made);
  await host.ended(made, { output: "the answer" });
}

describe("what is logged of a call", () => {
  test("metadata, with the tool's own time and the agent that its message names", async () => {
    const host = new GuardedHost();
    const info = { id: "msg_1", sessionID: "ses_main", role: "assistant", agent: "thor" };
    await host.event("message.updated", { sessionID: "ses_main", info });
    await make(host);
    expect(host.logged).toEqual([
      {
        sessionId: "ses_main",
        agent: "thor",
        tool: "bash",
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        outcome: "ok",
        durationMs: 250,
      },
    ]);
  });

  test("the agent of the user's message, before the first answer", async () => {
    const host = new GuardedHost();
    await host.message([{ type: "text", text: "Go." }], { agent: "odin" });
    await make(host);
    expect(host.logged[0]!.agent).toBe("odin");
  });

  test("the fingerprint that the guard decided by, not one of the arguments as they end", async () => {
    const host = new GuardedHost();
    await make(host);
    await host.announce(call);
    await host.ask(call);
    await host.ended({ ...call, args: { command: "make secret", added: true } }, { output: "" });
    expect(host.logged[0]!.fingerprint).toBe(host.logged[1]!.fingerprint);
  });

  test("a tool that the hooks never saw starting, too", async () => {
    const host = new GuardedHost();
    await host.announce(call);
    await host.ended(call, { error: "Tool execution aborted" }, { time: undefined });
    expect(host.logged).toMatchObject([{ outcome: "error", durationMs: 0 }]);
  });

  test("once: the host tells an end again when it compacts the session", async () => {
    const host = new GuardedHost();
    await make(host);
    await host.ended(call, { output: "the answer" }, { time: { start: 1000, end: 1250, compacted: 9000 } });
    expect(host.logged.length).toBe(1);
  });

  test("exempt tools as well", async () => {
    const host = new GuardedHost({ exemptTools: ["poll"] });
    for (const tool of ["todowrite", "todoread", "question", "bizar_status", "poll"]) await make(host, { tool });
    expect(host.logged.length).toBe(5);
  });
});

describe("a disabled guard", () => {
  test("only logs", async () => {
    const store = new MemoryStore();
    const host = new GuardedHost({ isEnabled: false, store });
    await host.message([{ type: "text", text: "Go." }]);
    for (let index = 0; index < 20; index++) {
      const made = { ...call, callID: `call_${index}`, messageID: `msg_${index}` };
      await host.announce(made);
      expect(await host.ask(made)).toBeUndefined();
      await host.ended(made, { output: "" });
      expect(await host.request()).toEqual([]);
      await host.stepStarted();
    }
    expect(host.logged.length).toBe(20);
    expect([store.loads, store.saved.size]).toEqual([0, 0]);
  });

  test("does not look at texts", async () => {
    let repeated = 0;
    const host = new GuardedHost({ isEnabled: false, onRepeatedText: () => repeated++ >= 0 });
    await host.part({ id: "prt_text", type: "reasoning", text: "" });
    const delta = "I should check the configuration file once more. ".repeat(50);
    await host.event("message.part.delta", { sessionID: "ses_main", partID: "prt_text", field: "text", delta });
    expect(repeated).toBe(0);
  });
});
