import { describe, expect, test } from "bun:test";
import { provideAgents } from "../../../src/host/agents/provide-agents.ts";

type Provided = Record<string, { mode: string; prompt: string; permission?: Record<string, unknown> }>;

/** The agents of a configuration after the plugin has added its own. */
function provided(config: Record<string, unknown> = {}): Provided {
  provideAgents(config);
  return config["agent"] as Provided;
}

test("a new user has odin, mimir and thor, each with a prompt of its own", () => {
  const agents = provided();
  expect(Object.fromEntries(Object.entries(agents).map(([name, { mode }]) => [name, mode]))).toEqual({
    odin: "primary",
    mimir: "subagent",
    thor: "subagent",
  });
  expect(new Set(Object.values(agents).map(({ prompt }) => prompt)).size).toBe(3);
});

test("an agent that the user has stays as it is", () => {
  const mine = { mode: "subagent", prompt: "Mine.", permission: { edit: "ask" } };
  const other = { mode: "all" };
  const agents = provided({ agent: { mimir: { ...mine }, reviewer: { ...other } } });
  expect(agents["mimir"]).toEqual(mine);
  expect(agents["reviewer"]).toEqual(other as never);
  expect(Object.keys(agents).toSorted()).toEqual(["mimir", "odin", "reviewer", "thor"]);
});

describe("mimir", () => {
  const permissions = ["ask", "allow", { "*": "ask" }, { webfetch: "ask", bash: "ask", edit: "allow" }];
  test.each(permissions)("has its own rules, and leaves all others to the user's %j", (permission) => {
    const rules = provided({ permission })["mimir"]!.permission;
    expect(rules).toEqual(provided()["mimir"]!.permission);
    expect(rules).toMatchObject({ edit: "deny", question: "deny" });
    expect(Object.keys(rules!)).not.toContain("webfetch");
  });

  test("changes nothing and runs only what reads", () => {
    const { edit, bash, task } = provided()["mimir"]!.permission as Record<string, Record<string, string>>;
    expect([edit, task]).toEqual(["deny", "deny"] as never);
    expect(Object.entries(bash!)[0]).toEqual(["*", "deny"]);
    expect(bash).toMatchObject({ "ls *": "allow", "git log *": "allow", "sed *": "allow", "*$(*": "deny" });
  });

  test("what could write is refused behind everything that is allowed: the last rule that fits wins", () => {
    const rules = Object.entries(provided()["mimir"]!.permission!["bash"] as Record<string, string>);
    const lastAllowed = rules.findLastIndex(([, answer]) => answer === "allow");
    expect(rules.slice(lastAllowed + 1).map(([pattern]) => pattern)).toEqual(
      expect.arrayContaining(["*$(*", "find * -exec*"]),
    );
  });
});
