import { expect, test } from "bun:test";
import { formatToAgent, type ToAgent } from "../../src/agent-role/lent-agent.ts";
import { parseServerReport, type ServerReport } from "../../src/agent-role/server-report.ts";
import { busWords, readBusWords } from "../../src/opencode/bus-words.ts";
import { lentAgents } from "../../src/plugin/lent-agents.ts";
import { ASK_USER } from "../../src/text/own-tools.ts";

const NONCE = "0123456789abcdef";
const LENT = { instanceId: "bgr_1", nonce: NONCE, asks: true, waitMs: 1000 };

/** The plugin in a server, and what it has said to a supervisor of this nonce. */
function server() {
  const reports: (ServerReport | undefined)[] = [];
  const publish = async ({ body }: { readonly body: { readonly type: string; readonly properties: object } }) => {
    reports.push(parseServerReport(NONCE, readBusWords(body) ?? ""));
    return await Promise.resolve();
  };
  const { hooks, guard } = lentAgents({ client: { tui: { publish } } } as never, () => undefined);
  const prompt = async (sessionID: string, lent: object = LENT) => {
    const parts = [{ type: "text", text: "task", metadata: { bizar: { kind: "initial", lent } } }];
    await hooks["chat.message"]?.({ sessionID }, { parts } as never);
  };
  const tell = async (told: ToAgent, nonce = NONCE) =>
    await hooks.event?.({ event: busWords(formatToAgent(nonce, told)) });
  const call = async (tool: string, sessionID: string, args: Record<string, unknown>) =>
    JSON.parse(
      String(Reflect.get(Object((await hooks.tool?.[tool]?.execute(args, { sessionID } as never)) ?? {}), "output")),
    );
  /** The tools that are left out of a request of a session. */
  const leftOut = async (sessionID: string): Promise<string[]> => {
    const info: { role: string; sessionID: string; tools?: Record<string, boolean> } = { role: "user", sessionID };
    const output = { messages: [{ info, parts: [] }] };
    await hooks["experimental.chat.messages.transform"]?.({}, output as never);
    return Object.keys(info.tools ?? {});
  };
  return { hooks, guard, reports, prompt, tell, call, leftOut };
}

test("the guard gives up an agent whose host is on another machine by telling that one, and no other session", async () => {
  const { guard, reports, prompt } = server();
  await prompt("ses_agent");
  guard.onGiveUp("[loop guard]", "ses_main");
  expect(guard.onRepeatedText("ses_main")).toBeFalse();
  expect(reports).toEqual([]);
  guard.onGiveUp("[loop guard]", "ses_agent");
  expect(guard.onRepeatedText("ses_agent")).toBeTrue();
  expect(reports).toMatchObject([
    { n: 0, session: "ses_agent", loopGuard: "[loop guard]" },
    { n: 1, session: "ses_agent", text: "repeated" },
  ]);
});

test("what an agent asks waits for the answer of its own supervisor, and is asked again after a gap", async () => {
  const { reports, prompt, call, tell } = server();
  await prompt("ses_agent");
  const asking = call(ASK_USER, "ses_agent", { question: "Which colour?" });
  expect(reports).toMatchObject([{ n: 0, asked: { kind: "question", what: "Which colour?" } }]);
  const askId = reports[0]?.asked?.askId ?? "";
  await tell({ session: "ses_agent", again: true }, "another nonce");
  expect(reports).toHaveLength(1);
  await tell({ session: "ses_agent", again: true });
  expect(reports[1]).toEqual(reports[0]);
  await tell({ session: "ses_agent", answer: { askId, reply: { kind: "answer", words: "red" } } }, "another nonce");
  await tell({ session: "ses_agent", answer: { askId, reply: { kind: "answer", words: "blue" } } });
  expect(await asking).toEqual({ answer: "blue" });
});

test("its tools are left out where there is no such agent, and those of who supervises where there is one", async () => {
  const { hooks, prompt, leftOut } = server();
  await prompt("ses_agent");
  const created = {
    type: "session.created",
    properties: { sessionID: "ses_sub", info: { id: "ses_sub", parentID: "ses_agent" } },
  };
  await hooks.event?.({ event: created as never });
  await prompt("ses_unasked", { ...LENT, asks: false });
  expect(await leftOut("ses_main")).toEqual(["bizar_tell_parent", ASK_USER]);
  for (const session of ["ses_agent", "ses_sub"]) {
    expect(await leftOut(session)).toContain("bizar_spawn_background");
    expect(await leftOut(session)).not.toContain(ASK_USER);
  }
  expect(await leftOut("ses_unasked")).toContain(ASK_USER);
});

test("an agent tells who asked for it so often in a turn, and anew in the next one", async () => {
  const { reports, prompt, call } = server();
  const tell = async () => await call("bizar_tell_parent", "ses_agent", { text: "I am blocked." });
  await prompt("ses_agent");
  for (let left = 4; left >= 0; left--) expect(await tell()).toMatchObject({ left });
  expect(await tell()).toMatchObject({ error: expect.stringContaining("often enough") });
  expect(reports).toHaveLength(5);
  await prompt("ses_agent");
  expect(await tell()).toMatchObject({ left: 4 });
  expect(reports.at(-1)).toMatchObject({ n: 0, said: { text: "I am blocked.", wake: false } });
});
