import { describe, expect, test } from "bun:test";
import { GuardedHost } from "../guard/guarded-host.ts";

const SENTENCE = "I should check the configuration file once more. ";

async function write(host: GuardedHost, type: "text" | "reasoning", times: number, id = "prt_text"): Promise<void> {
  await host.part({ id, type, text: "" });
  for (let index = 0; index < times; index++) {
    await host.event("message.part.delta", { sessionID: "ses_main", partID: id, field: "text", delta: SENTENCE });
  }
}

describe("a model that repeats itself", () => {
  for (const type of ["text", "reasoning"] as const) {
    test(`in its ${type} is nudged at the next step, once`, async () => {
      const host = new GuardedHost();
      await write(host, type, 60);
      const nudges = await host.request();
      expect(nudges).toEqual([expect.stringMatching(/^\[loop guard: repeated text\] .*next concrete step\.$/)]);
      await host.stepStarted();
      expect(await host.request()).toEqual([]);
    });
  }

  test("is told of once for each text, where somebody listens, and not nudged", async () => {
    let repeated = 0;
    const host = new GuardedHost({ onRepeatedText: () => repeated++ >= 0 });
    await write(host, "reasoning", 100);
    expect(repeated).toBe(1);
    await write(host, "text", 100, "prt_later");
    expect(repeated).toBe(2);
    expect(await host.request()).toEqual([]);
  });

  test("is not one who says it in text after text", async () => {
    const host = new GuardedHost();
    for (let index = 0; index < 30; index++) await write(host, "text", 1, `prt_${index}`);
    expect(await host.request()).toEqual([]);
  });

  test("is not an agent whose session opencode sums up", async () => {
    const host = new GuardedHost();
    const info = { id: "msg_4", sessionID: "ses_main", role: "assistant", agent: "compaction", summary: true };
    await host.event("message.updated", { info });
    await write(host, "text", 60);
    expect(await host.request()).toEqual([]);
  });

  test("is not one whose text has ended: what comes then is no part of it", async () => {
    const host = new GuardedHost();
    await write(host, "text", 3);
    await host.part({ id: "prt_text", type: "text", text: "", time: { start: 1, end: 2 } });
    const delta = SENTENCE.repeat(50);
    await host.event("message.part.delta", { sessionID: "ses_main", partID: "prt_text", field: "text", delta });
    expect(await host.request()).toEqual([]);
  });
});
