import { describe, expect, test } from "bun:test";
import { HostClient } from "../../src/opencode/host-client.ts";
import { fakeApi } from "./fake-api.ts";
import { createFakeHost, userMessage } from "../host/fake-client.ts";

const BROKEN = () => Response.json({ name: "UnknownError" }, { status: 500 });

test("an unknown session has no turns; that is not the same as a host that does not answer", async () => {
  const { host, fake } = createFakeHost();
  expect(await host.read("ses_unknown", new Set())).toBeUndefined();
  fake.transcript = new Error("connection refused");
  expect(await host.read("ses_1", new Set()).catch(String)).toContain("connection refused");
});

test("what is put into a session keeps its agent, model and variant, but for an agent that there is no more", async () => {
  const { host, fake } = createFakeHost();
  const model = { providerID: "scripted", modelID: "model" };
  const variant = "high";
  for (const agent of ["odin", "dismissed"]) {
    fake.transcript = [userMessage({ agent, model: { ...model, variant } })];
    await host.show("ses_1", "a text", { bizar: { call: "review" } });
    for (const wake of [true, false]) {
      const metadata = { bizar: { reminder: true } } as const;
      await host.put("ses_1", { text: "a text", metadata, wake, choice: { agent, model, variant } });
    }
  }
  const chosen = fake.prompts.map((body) => {
    expect(body).toMatchObject({ model, variant });
    return (body as { agent?: string }).agent;
  });
  expect(chosen).toEqual(["odin", "odin", "odin", undefined, undefined, undefined]);
  fake.agents = undefined;
  await host.show("ses_1", "a text", { bizar: { call: "review" } });
  expect(fake.prompts.at(-1)).toMatchObject({ agent: "dismissed" });
});

test("a session that is not there has no parent; a host that does not answer is an error", async () => {
  const answers: Record<string, unknown> = {
    ses_child: { id: "ses_child", parentID: "ses_parent" },
    ses_parent: { id: "ses_parent" },
    ses_gone: undefined,
    ses_broken: BROKEN(),
  };
  const get = ({ path }: { path: { sessionID: string } }) => answers[path.sessionID];
  const client = new HostClient(fakeApi({ "get /session/{sessionID}": get }));
  expect(await client.parentOf("ses_child")).toBe("ses_parent");
  expect(await client.parentOf("ses_parent")).toBeUndefined();
  expect(await client.parentOf("ses_gone")).toBeUndefined();
  const failure = await client.parentOf("ses_broken").catch((error: Error) => error);
  expect(String(failure)).toContain("UnknownError");
});

const of = (instanceId: string) => ({ title: "thor: look", metadata: { bizar: { instanceId } } });

test("the session of an agent is found below its parent's and among the others, by what it says of itself", async () => {
  const sought = {
    instanceId: "bgr_2",
    parent: { sessionId: "ses_parent", messageId: "m", agent: "odin" },
    createdAt: 5,
  };
  const cases: [children: object[] | undefined, roots: object[], found: string | undefined][] = [
    [
      [
        { id: "ses_1", ...of("bgr_1") },
        { id: "ses_2", ...of("bgr_2") },
      ],
      [],
      "ses_2",
    ],
    [
      [],
      [
        { id: "ses_3", title: "New" },
        { id: "ses_4", ...of("bgr_2") },
      ],
      "ses_4",
    ],
    // Its parent's is gone; it has not been named anew.
    [undefined, [{ id: "ses_5", title: "bgr:thor:bgr_2", metadata: null }], "ses_5"],
    [[{ id: "ses_6", title: "bgr:thor:bgr_21" }], [{ id: "ses_7", title: "about bgr_2" }], undefined],
    // What a model has written is no name.
    [[{ id: "ses_8", title: "bgr:thor:bgr_2", metadata: { bizar: { instanceId: "bgr_3" } } }], [], undefined],
    [[{ id: "ses_9", title: "thor: see :bgr_2" }], [], undefined],
  ];
  for (const [children, roots, found] of cases) {
    const asked: unknown[] = [];
    const api = fakeApi({
      "get /session/{sessionID}/children": () => children,
      "get /session": ({ query }: { query: unknown }) => (asked.push(query), roots),
    });
    expect(await new HostClient(api).sessionOfAgent(sought)).toBe(found);
    expect(asked).toMatchObject([{ start: 5 }]);
  }
  const api = fakeApi({ "get /session/{sessionID}/children": BROKEN });
  const failure = await new HostClient(api).sessionOfAgent(sought).catch(String);
  expect(failure).toContain("UnknownError");
});

describe("the session of an opencode run is told from others by what it denies:", () => {
  const denied = ["question", "plan_enter", "plan_exit"].map((permission) => ({
    ...{ permission, pattern: "*", action: "deny" },
  }));
  const sessions: readonly [what: string, session: Record<string, unknown>, isOfRun: boolean][] = [
    ["as a run makes it", { title: "New session", permission: denied }, true],
    [
      "with more that is denied",
      { permission: [{ permission: "bash", pattern: "rm *", action: "deny" }, ...denied] },
      true,
    ],
    ["as a user makes it", { title: "New session" }, false],
    ["that denies a question alone", { permission: denied.slice(0, 1) }, false],
    ["that allows", { permission: denied.map((rule) => ({ ...rule, action: "allow" })) }, false],
    ["of a native subagent", { permission: denied, parentID: "ses_parent" }, false],
    ["of a background agent", { permission: denied, title: "bgr:thor:bgr_01" }, false],
  ];
  for (const [what, session, isOfRun] of sessions) {
    test(what, async () => {
      const client = new HostClient(fakeApi({ "get /session/{sessionID}": () => ({ id: "ses_1", ...session }) }));
      expect(await client.isOfRun("ses_1")).toBe(isOfRun);
    });
  }

  test("one that is not there is none", async () => {
    expect(await new HostClient(fakeApi({})).isOfRun("ses_1")).toBe(false);
  });
});
