import { expect, test } from "bun:test";
import { HostClient } from "../../src/opencode/host-client.ts";
import { openParentSession } from "../../src/fleet/telling/parent-session.ts";
import { PAGE_MESSAGES, reachBackTo, readBack } from "../../src/opencode/message-pages.ts";
import { fakeApi } from "../opencode-facts/fake-api.ts";
import { hostAgent } from "./fake-client.ts";

const START = 1_700_000_000_000;
const MINUTE = 60_000;
const model = { providerID: "scripted", modelID: "model" };

interface Given {
  readonly role: "user" | "assistant";
  /** Minutes after the start. */
  readonly at: number;
  readonly completedAt?: number | null;
  readonly variant?: string;
  readonly part?: Record<string, unknown>;
}

function message(id: number, { role, at, completedAt = at, variant, part = {} }: Given) {
  const time = {
    created: START + at * MINUTE,
    ...(completedAt === null ? {} : { completed: START + completedAt * MINUTE }),
  };
  const info = { id: `msg_${id}`, role, agent: "odin", time, model: { ...model, variant } };
  return { info, parts: [{ type: "text", text: "words", ...part }] };
}

/** A host with one session, which gives its messages in pages as opencode does. */
function hostWith(given: readonly Given[]) {
  const messages = given.map((each, index) => message(index, each));
  const pages: number[] = [];
  const prompts: Record<string, unknown>[] = [];
  const prompt = ({ body }: { body: Record<string, unknown> }) => prompts.push(body);
  const api = fakeApi({
    "get /agent": () => [hostAgent("odin")],
    "get /session/{sessionID}/message": ({ query }: { query: { limit: number; before?: string } }) => {
      const end = query.before === undefined ? messages.length : Number(query.before);
      const start = Math.max(0, end - query.limit);
      pages.push(end - start);
      const headers: Record<string, string> = start === 0 ? {} : { "x-next-cursor": String(start) };
      return Response.json(messages.slice(start, end), { headers });
    },
    "post /session/{sessionID}/message": prompt,
    "post /session/{sessionID}/prompt_async": prompt,
  });
  return { host: new HostClient(api), pages, prompts };
}

/** Questions and answers, one each minute. */
function talk(count: number): Given[] {
  return Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? ("user" as const) : ("assistant" as const),
    at,
  }));
}

test("the answer of a command reads one page of a long session", async () => {
  const { host, pages, prompts } = hostWith(talk(4000));
  await host.show("ses_1", "text", { bizar: { call: "review" } });
  expect(pages).toEqual([PAGE_MESSAGES]);
  expect(prompts).toEqual([expect.objectContaining({ agent: "odin", model })]);
});

function noise(part: Record<string, unknown>): Given[] {
  return Array.from({ length: 50 }, () => ({ role: "user", at: 20, part }));
}

test("the user's choice is looked for behind whatever the plugin and compactions have put there", async () => {
  const { host, pages, prompts } = hostWith([
    ...talk(200),
    { role: "user", at: 10, variant: "high" },
    ...noise({ metadata: { bizar: [] } }),
    ...noise({ type: "compaction" }),
  ]);
  await host.show("ses_1", "text", { bizar: { call: "review" } });
  expect(prompts[0]).toMatchObject({ model, variant: "high" });
  expect(pages).toHaveLength(3);
});

test("an announcement is found wherever it was made since the end, and nothing older is read", async () => {
  const end = { instanceId: "bgr_1", turn: 1 };
  const told: Given = { role: "user", at: 3902, part: { metadata: { bizar: [end] } } };
  const { host, pages } = hostWith([...talk(3902), told, ...talk(4000).slice(3902)]);
  const session = await openParentSession(host, "ses_1", START + 3901 * MINUTE);
  expect(session.announced).toEqual([end]);
  expect(pages.length).toBe(3);
});

test("of a session whose choice was heard nothing is read, where nobody can have told it", async () => {
  const { host, pages, prompts } = hostWith(talk(10));
  const end = { instanceId: "bgr_1", turn: 1 };
  await (await openParentSession(host, "ses_1", null)).deliver("text", [end], true);
  expect(pages).toEqual([10]);
  const { info } = message(11, { role: "user", at: 11, variant: "high" });
  host.event({ type: "message.updated", properties: { sessionID: "ses_1", info } });
  const part = { type: "text", messageID: info.id };
  host.event({ type: "message.part.updated", properties: { sessionID: "ses_1", part } });
  await (await openParentSession(host, "ses_1", null)).deliver("text", [end], true);
  expect(pages).toEqual([10]);
  expect(prompts).toEqual([expect.objectContaining({ model }), expect.objectContaining({ variant: "high" })]);
  await openParentSession(host, "ses_1", START);
  expect(pages).toEqual([10, 10]);
});

test("the answer of a tool that was called long before the end, and came after it, is found", async () => {
  const end = { instanceId: "bgr_1", turn: 1 };
  const collect: Given = {
    ...{ role: "assistant", at: 3800, completedAt: 3901 },
    part: { type: "tool", state: { metadata: { bizar: [end] } } },
  };
  const notes = Array.from({ length: 100 }, (_, index): Given => ({ role: "user", at: 3801 + index / 10 }));
  const { host } = hostWith([...talk(3800), collect, ...notes]);
  expect((await openParentSession(host, "ses_1", START + 3900 * MINUTE)).answered).toEqual([end]);
});

test("a host that knows no pages gives all at once, and is asked once", async () => {
  let asked = 0;
  const messages = () => [++asked, 2, 3].map((id) => message(id, { role: "user", at: id }));
  const host = new HostClient(fakeApi({ "get /session/{sessionID}/message": messages }));
  expect(await host.messages("ses_1")).toHaveLength(3);
  expect(asked).toBe(1);
});

test("a page that leads to itself is the last", async () => {
  let asked = 0;
  const read = async () => ({ messages: [++asked], before: "here" });
  expect(await readBack(read, () => false)).toEqual([2, 1]);
});

test("messages go back to a moment with an answer that was whole before it, clocks that differ a little included", () => {
  const cases: [given: Given, reaches: boolean][] = [
    [{ role: "assistant", at: 8 }, true],
    [{ role: "assistant", at: 9.5 }, false],
    [{ role: "assistant", at: 11 }, false],
    [{ role: "assistant", at: 1, completedAt: 11 }, false],
    [{ role: "assistant", at: 1, completedAt: null }, false],
    [{ role: "user", at: 1 }, false],
  ];
  for (const [given, reaches] of cases) expect(reachBackTo(START + 10 * MINUTE, [message(1, given)])).toBe(reaches);
  expect(reachBackTo(START, [])).toBe(false);
});
