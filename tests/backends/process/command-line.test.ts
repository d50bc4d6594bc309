import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import { describe, expect, test } from "bun:test";
import { ROLE_VARIABLE, type AgentRole } from "../../../src/agent-role/role.ts";
import { runArguments, runEnvironment } from "../../../src/backends/process/command-line.ts";
import type { TurnRequest } from "../../../src/supervisor/ports.ts";

const turn: TurnRequest = {
  instanceId: "bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
  agent: "mimir",
  model: { providerId: "scripted", modelId: "vendor/model" },
  prompt: '--agent build: the whole task, $(id) and "quotes"',
  directory: "/a project",
  kind: "initial",
  backend: "process",
  parentSessionId: "ses_parent",
  sessionId: null,
};

const role: AgentRole = {
  instanceId: turn.instanceId,
  nonce: "0123456789abcdef",
  agent: "mimir",
  sessionId: null,
  supervisor: { pid: 100, startTime: "5000" },
  onExit: "kill",
  turn: "initial",
  skipPermissions: false,
  guard: defaultGuard("/state"),
};

test("a first turn", () => {
  expect(runArguments(turn, false)).toEqual([
    "run",
    "--format",
    "json",
    "--thinking",
    "--print-logs",
    "--log-level",
    "INFO",
    "--dir",
    "/a project",
    "--title",
    "bgr:mimir:bgr_01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "--agent=mimir",
    "--model=scripted/vendor/model",
  ]);
});

describe("what a turn adds", () => {
  const plain = runArguments(turn, false);
  const cases: [what: string, given: Partial<TurnRequest>, skip: boolean, added: string[]][] = [
    ["the variant of its model", { model: { ...turn.model, variant: "high" } }, false, ["--variant=high"]],
    ["the session that it continues", { sessionId: "ses_1" }, false, ["--session", "ses_1"]],
    ["yes to every question", {}, true, ["--auto"]],
  ];
  for (const [what, given, skip, added] of cases) {
    test(what, () => expect(runArguments({ ...turn, ...given }, skip)).toEqual([...plain, ...added]));
  }
});

describe("a name that looks like an option is one word with its own:", () => {
  const cases: readonly [what: string, given: Partial<TurnRequest>, word: string][] = [
    ["an agent", { agent: "-v" }, "--agent=-v"],
    ["an agent in two words", { agent: "--auto yes" }, "--agent=--auto yes"],
    ["an agent with a sign in it", { agent: "a=b" }, "--agent=a=b"],
    ["a provider", { model: { providerId: "-x", modelId: "m" } }, "--model=-x/m"],
    ["a variant", { model: { ...turn.model, variant: "-h" } }, "--variant=-h"],
  ];
  for (const [what, given, word] of cases) {
    test(what, () => expect(runArguments({ ...turn, ...given }, false)).toContain(word));
  }
});

test("the title shows what one does not see of the agent's name", () => {
  const words = runArguments({ ...turn, agent: "mim\u200bir" }, false);
  expect(words).toContain(`bgr:mim\\u{200b}ir:${turn.instanceId}`);
  expect(words).toContain("--agent=mim\u200bir");
});

test("the prompt is in no argument and in no variable", () => {
  for (const prompt of [turn.prompt, "x", "--version", ""]) {
    expect(runArguments({ ...turn, prompt }, true)).toEqual(runArguments(turn, true));
  }
  const environment = JSON.stringify(runEnvironment({}, role));
  expect(runArguments(turn, true).join(" ") + environment).not.toContain("the whole task");
});

describe("the environment of a child", () => {
  const inherited = { PATH: "/bin", OPENCODE_CONFIG_CONTENT: '{"model":"a/b"}' };

  test("is the host's own, with the role and the marker", () => {
    const { [ROLE_VARIABLE]: text, ...others } = runEnvironment(inherited, role);
    expect(others).toEqual({ ...inherited, BIZAR_INSTANCE: role.instanceId });
    expect(JSON.parse(text!)).toEqual(role);
  });

  test("leaves the host's own environment as it is", () => {
    const own = { ...inherited };
    runEnvironment(own, role);
    expect(own).toEqual(inherited);
  });

  test("an agent of an opencode in an agent's bash carries both markers", () => {
    const { BIZAR_INSTANCE: marker } = runEnvironment({ BIZAR_INSTANCE: "bgr_outer" }, role);
    expect(marker).toBe(`bgr_outer/${role.instanceId}`);
  });
});
