import { describe, expect, test } from "bun:test";
import { callKind } from "../../src/host/call-kind.ts";

describe("what a call does", () => {
  const cases: [tool: string, args: unknown, kind: string][] = [
    ["read", { filePath: "a" }, "reading"],
    ["webfetch", { url: "https://example.org" }, "reading"],
    ["invalid", { tool: "x", error: "y" }, "reading"],
    ["edit", {}, "acting"],
    ["task", { prompt: "x" }, "acting"],
    ["browser_click", { ref: "e1" }, "foreign"],
    ["list_mcp_resources", {}, "foreign"],
    ["__proto__", {}, "foreign"],
    ["bash", { command: "git log | head -3 2>/dev/null" }, "reading"],
    ["bash", { command: "  cat a # again" }, "reading"],
    ["bash", { command: "echo done" }, "reading"],
    ["bash", { command: "cat a > b" }, "acting"],
    ["bash", { command: "ls; npm test" }, "acting"],
    ["bash", { command: "npm test" }, "acting"],
    ["bash", { command: "git commit -m x" }, "acting"],
    ["bash", { command: "sed -i s/a/b/ c" }, "acting"],
    ["bash", { command: "kubectl rollout status deploy/web" }, "acting"],
    ["bash", { command: "" }, "acting"],
    ["bash", { command: `cat a ${"b ".repeat(3000)}` }, "acting"],
    ["bash", {}, "acting"],
    ["bash", null, "acting"],
  ];
  for (const [tool, args, kind] of cases) {
    test(`${tool} ${JSON.stringify(args).slice(0, 60)}: ${kind}`, async () =>
      expect(await callKind(tool, args)).toBe(kind as never));
  }
});
