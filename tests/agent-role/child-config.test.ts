import { describe, expect, test } from "bun:test";
import { adaptChildConfig, adaptServerConfig } from "../../src/agent-role/child-config.ts";

/** The configuration of a child that was asked for `subby`, after the plugin has had its hands on it. */
function adapted(config: Record<string, unknown>): Record<string, unknown> {
  adaptChildConfig(config, "subby");
  return config;
}

describe("the asked agent can be run, whatever it is", () => {
  for (const mode of ["subagent", "primary", "all", undefined]) {
    test(`mode ${mode}`, () => {
      const config = adapted({ agent: { subby: { mode, prompt: "You are Subby.", model: "a/b" } } });
      expect(config).toMatchObject({ agent: { subby: { mode: "all", prompt: "You are Subby.", model: "a/b" } } });
    });
  }

  test("one that is built in and not in the list", () => {
    expect(adapted({})).toMatchObject({ agent: { subby: { mode: "all" } } });
  });

  test("no other agent is changed", () => {
    const others = { explore: { mode: "subagent", permission: { doom_loop: "ask" } } };
    expect(adapted({ agent: { ...others } })).toMatchObject({ agent: others });
  });
});

describe("the native loop question, which nobody could answer, is allowed", () => {
  const cases: [what: string, given: unknown, expected: Record<string, unknown>][] = [
    ["no permission at all", undefined, { doom_loop: "allow" }],
    ["one word for everything", "ask", { "*": "ask", doom_loop: "allow" }],
    ["rules without it", { edit: "deny" }, { edit: "deny", doom_loop: "allow" }],
    ["rules that ask", { doom_loop: "ask", edit: "deny" }, { edit: "deny", doom_loop: "allow" }],
    ["nested rules", { bash: { "git *": "allow" } }, { bash: { "git *": "allow" }, doom_loop: "allow" }],
    ["a rule for everything behind it", { doom_loop: "ask", "*": "ask" }, { "*": "ask", doom_loop: "allow" }],
  ];
  for (const [what, permission, expected] of cases) {
    test(what, () => {
      const config = adapted({ permission, agent: { subby: { permission } } });
      const agents = config["agent"] as { subby: { permission: object } };
      for (const rules of [config["permission"] as object, agents.subby.permission]) {
        // The last rule that fits wins: its place counts.
        expect(Object.entries(rules)).toEqual(Object.entries(expected));
      }
    });
  }
});

describe("the server of warm agents", () => {
  test("allows the native loop question for every agent, and changes nothing else of them", () => {
    const config: Record<string, unknown> = {
      permission: { edit: "deny" },
      agent: { a: { mode: "subagent", permission: { doom_loop: "ask" } }, b: { permission: "ask" } },
    };
    adaptServerConfig(config);
    expect(config).toMatchObject({
      permission: { edit: "deny", doom_loop: "allow" },
      agent: {
        a: { mode: "subagent", permission: { doom_loop: "allow" } },
        b: { permission: { "*": "ask", doom_loop: "allow" } },
      },
    });
  });

  const depths: [what: string, given: unknown, expected: number][] = [
    ["where nothing is said", undefined, 2],
    ["where a number is set", 3, 4],
  ];
  for (const [what, subagent_depth, expected] of depths) {
    test(`leaves an agent the native subagents that it has in a process of its own, ${what}`, () => {
      const config = { subagent_depth };
      adaptServerConfig(config);
      expect(config).toMatchObject({ subagent_depth: expected });
    });
  }
});

test("an agent goes on after a refusal, whoever was faster; the other experiments stay", () => {
  const experimental = { mcp_timeout: 1 };
  const on = { experimental: { mcp_timeout: 1, continue_loop_on_deny: true } };
  expect(adapted({ experimental: { ...experimental } })).toMatchObject(on);
  const server: Record<string, unknown> = { experimental: { ...experimental } };
  adaptServerConfig(server);
  expect(server).toMatchObject(on);
});
