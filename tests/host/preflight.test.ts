import { describe, expect, test } from "bun:test";
import type { HostClient } from "../../src/opencode/host-client.ts";
import { preflight, type PreflightRequest } from "../../src/host/preflight.ts";
import { assistantMessage, createFakeHost, hostAgent, userMessage } from "./fake-client.ts";

function request(given: Partial<PreflightRequest> = {}): PreflightRequest {
  const caller = { sessionId: "ses_parent", messageId: "msg_parent" };
  return { agent: "mimir", model: undefined, directory: "/project", caller, ...given };
}

function told(host: HostClient, sessionID: string, ...infos: object[]): void {
  for (const info of infos) host.event({ type: "message.updated", properties: { sessionID, info } });
}

const callerModel = { providerId: "scripted", modelId: "model", variant: undefined };

for (const agent of ["odin", "Odin", " ODIN "]) {
  test(`${JSON.stringify(agent)} is not started in the background, and the error says who is`, async () => {
    expect(await preflight(createFakeHost().host, request({ agent }))).toEqual({
      ok: false,
      reason: "wrong_agent",
      error: expect.stringContaining("Spawn thor, mimir or another agent"),
    });
  });
}

describe("the model that an agent runs on", () => {
  const ownModel = { model: { providerID: "other", modelID: "tiny" } };

  test("is the one that was asked for, split at the first slash", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [hostAgent("mimir", ownModel)];
    expect(await preflight(host, request({ model: "scripted/vendor/large" }))).toEqual({
      ok: true,
      agent: "mimir",
      model: { providerId: "scripted", modelId: "vendor/large", variant: undefined },
    });
  });

  test("else the agent's own, with its variant", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [hostAgent("mimir", { ...ownModel, variant: "high" })];
    expect(await preflight(host, request())).toEqual({
      ok: true,
      agent: "mimir",
      model: { providerId: "other", modelId: "tiny", variant: "high" },
    });
  });

  test("else that of the message that the caller is answering", async () => {
    expect(await preflight(createFakeHost().host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
  });

  test("with the variant that the caller's user chose", async () => {
    const { host, fake } = createFakeHost();
    const asked = userMessage({ model: { providerID: "scripted", modelID: "model", variant: "max" } });
    fake.messages.set("msg_user", asked);
    fake.messages.set(
      "msg_parent",
      assistantMessage({ parentID: "msg_user", providerID: "scripted", modelID: "model", finish: null }),
    );
    expect(await preflight(host, request())).toEqual({
      ok: true,
      agent: "mimir",
      model: { ...callerModel, variant: "max" },
    });
  });

  test("but not with one that was chosen for another model", async () => {
    const { host, fake } = createFakeHost();
    const asked = userMessage({ model: { providerID: "other", modelID: "tiny", variant: "max" } });
    fake.messages.set("msg_user", asked);
    fake.messages.set(
      "msg_parent",
      assistantMessage({ parentID: "msg_user", providerID: "scripted", modelID: "model", finish: null }),
    );
    expect(await preflight(host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
  });

  test("a variant that is called default is none", async () => {
    const { host, fake } = createFakeHost();
    fake.messages.set("msg_parent", assistantMessage({ providerID: "scripted", modelID: "model", variant: "default" }));
    expect(await preflight(host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
  });

  test("a caller's message is not looked up where a model was asked for", async () => {
    const { host, fake } = createFakeHost();
    fake.messages.clear();
    expect(await preflight(host, request({ model: "other/tiny" }))).toMatchObject({ ok: true });
  });
});

describe("what is meant is found, and told where it was called otherwise", () => {
  const cases: [given: Partial<PreflightRequest>, agent: string, model: string, note?: string][] = [
    [{ agent: "Mimir" }, "mimir", "scripted/model", 'agent "Mimir" → mimir'],
    [{ agent: "@thor" }, "thor", "scripted/model", 'agent "@thor" → thor'],
    [{ agent: "THOR", model: "tiny" }, "thor", "other/tiny", 'agent "THOR" → thor; model "tiny" → other/tiny'],
    [{ agent: "Twin" }, "Twin", "scripted/model"],
    [{ model: "vendor/large" }, "mimir", "scripted/vendor/large", 'model "vendor/large" → scripted/vendor/large'],
    [{ model: "large" }, "mimir", "scripted/vendor/large", 'model "large" → scripted/vendor/large'],
    [{ model: "Other/Tiny" }, "mimir", "other/tiny", 'model "Other/Tiny" → other/tiny'],
    [{ model: "MODEL" }, "mimir", "scripted/model", 'model "MODEL" → scripted/model'],
  ];
  for (const [given, agent, model, note] of cases) {
    test(JSON.stringify(given), async () => {
      const { host, fake } = createFakeHost();
      fake.agents = ["mimir", "thor", "Twin", "twin"].map((name) => hostAgent(name));
      const found = await preflight(host, request(given));
      if (!found.ok) throw new Error(found.error);
      const { providerId, modelId } = found.model;
      expect([found.agent, `${providerId}/${modelId}`, found.note]).toEqual([agent, model, note]);
    });
  }
});

describe("what cannot be started is refused, with what can", () => {
  test("an agent and a model that two could be, both at once", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = ["Twin", "twin"].map((name) => hostAgent(name));
    fake.providers = ["one", "two"].map((id) => ({ id, name: id, models: { same: {} } }));
    expect(await preflight(host, request({ agent: "TWIN", model: "same" }))).toEqual({
      ok: false,
      reason: "agent_unknown",
      error:
        'The agent "TWIN" fits 2 of those here: say which, Twin, twin. ' +
        'The model "same" fits 2 of those here: say which, one/same, two/same.',
    });
  });

  const agents = [hostAgent("mimir"), hostAgent("thor"), hostAgent("title", { hidden: true })];
  const cases: [what: string, given: Partial<PreflightRequest>, reason: string, error: string][] = [
    [
      "a misspelt agent",
      { agent: "mimr" },
      "agent_unknown",
      'There is no agent "mimr" here. Did you mean "mimir"? Those that can be used: mimir, thor.',
    ],
    [
      "an agent that is far from all",
      { agent: "general-purpose" },
      "agent_unknown",
      'There is no agent "general-purpose" here. Those that can be used: mimir, thor.',
    ],
    [
      "a hidden agent, though it would really run",
      { agent: "title" },
      "agent_unknown",
      'There is no agent "title" here. Those that can be used: mimir, thor.',
    ],
    [
      "a misspelt model",
      { model: "scripted/modle" },
      "model_unknown",
      'There is no model "scripted/modle" here. Did you mean "scripted/model"? ' +
        "Those that can be used: scripted/model, scripted/vendor/large, other/tiny.",
    ],
  ];
  for (const [what, given, reason, error] of cases) {
    test(what, async () => {
      const { host, fake } = createFakeHost();
      fake.agents = agents;
      expect(await preflight(host, request(given))).toEqual({ ok: false, reason, error } as never);
    });
  }

  test("an agent whose own model is not there", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [hostAgent("mimir", { model: { providerID: "gone", modelID: "model" } })];
    expect(await preflight(host, request())).toMatchObject({ ok: false, reason: "model_unknown" });
  });

  test("no model that anybody knows", async () => {
    const { host, fake } = createFakeHost();
    fake.messages.set("msg_parent", assistantMessage());
    expect(await preflight(host, request())).toMatchObject({
      ok: false,
      reason: "model_unknown",
      error: expect.stringContaining('pass "model" as provider/model'),
    });
  });

  test("of many agents the first twelve are named", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = Array.from({ length: 100 }, (_, index) => hostAgent(`agent-number-${index}`));
    const refusal = await preflight(host, request());
    expect(refusal).toMatchObject({ error: expect.stringMatching(/agent-number-11 and 88 more\.$/) });
  });
});

describe("a host that does not answer as expected is an error that says so", () => {
  test("no answer", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = undefined;
    expect(await preflight(host, request()).catch(String)).toContain("opencode did not give its agents");
  });

  test("an answer in another form", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [{ title: "mimir" }];
    expect(await preflight(host, request()).catch(String)).toContain("in a form this plugin does not know (0.name");
  });
});

describe("what the host has said already is not asked for again", () => {
  const user = { id: "msg_user", role: "user", time: {}, model: { providerID: "scripted", modelID: "model" } };
  const assistant = { id: "msg_parent", role: "assistant", time: {}, parentID: "msg_user" };

  test("the lists, as long as what is looked for is on them", async () => {
    const { host, fake } = createFakeHost();
    await preflight(host, request());
    const { agents, providers } = fake;
    fake.agents = new Error("connection refused");
    fake.providers = undefined;
    expect(await preflight(host, request({ model: "other/tiny" }))).toMatchObject({ ok: true });
    expect(await preflight(host, request({ agent: "loki" })).catch(String)).toContain("connection refused");
    expect(await preflight(host, request({ model: "other/large" })).catch(String)).toContain("its providers");
    [fake.agents, fake.providers] = [[...(agents as unknown[]), hostAgent("loki")], providers];
    expect(await preflight(host, request({ agent: "loki" }))).toMatchObject({ ok: true });
  });

  test("the model of the caller's message, where an event told it", async () => {
    const { host, fake } = createFakeHost();
    fake.messages.clear();
    told(host, "ses_parent", user, assistant);
    told(host, "ses_other", { ...assistant, id: "msg_other" });
    expect(await preflight(host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
  });

  test("but the message of another session is, and one that an event told otherwise than this plugin knows", async () => {
    const { host } = createFakeHost();
    told(host, "ses_other", user, { ...assistant, providerID: "other", modelID: "tiny" });
    expect(await preflight(host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
    told(host, "ses_parent", { ...assistant, time: 5 });
    expect(await preflight(host, request())).toEqual({ ok: true, agent: "mimir", model: callerModel });
    host.event({ type: "message.updated", properties: null });
  });
});

describe("agents whose names look the same", () => {
  const lookAlike = "mim\u200bir";

  test("are told apart where they are listed, and in what is asked for", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [hostAgent("mimir"), hostAgent(lookAlike), hostAgent("-v")];
    const unknown = await preflight(host, request({ agent: "mim\u00adir" }));
    expect(unknown).toMatchObject({ ok: false, reason: "agent_unknown" });
    const { error } = unknown as { error: string };
    expect(error).toStartWith('There is no agent "mim\\u{ad}ir" here. Did you mean "mimir"?');
    expect(error).toEndWith("Those that can be used: mimir, mim\\u{200b}ir, -v.");
  });

  test("are found by their own names, and as they are shown", async () => {
    const { host, fake } = createFakeHost();
    fake.agents = [hostAgent("mimir"), hostAgent(lookAlike)];
    for (const [asked, agent] of [
      ["mimir", "mimir"],
      [lookAlike, lookAlike],
      ["mim\\u{200b}ir", lookAlike],
    ] as const) {
      expect(await preflight(host, request({ agent: asked }))).toMatchObject({ ok: true, agent });
    }
  });
});
