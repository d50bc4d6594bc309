import { expect, test } from "bun:test";
import { hostBinary } from "../../src/host/host-binary.ts";

test("agents run the host's own binary", () => {
  expect(hostBinary(null, "/opt/opencode/bin/opencode")).toBe("/opt/opencode/bin/opencode");
  expect(hostBinary(null, "/opt/bun/opencode-1.18.33")).toBe("/opt/bun/opencode-1.18.33");
});

test("where the host is a plain Bun or Node, they run the opencode on the path", () => {
  for (const path of ["/usr/bin/bun", "/usr/local/bin/node", "bun.exe"])
    expect(hostBinary(null, path)).toBe("opencode");
});

test("an option says otherwise", () => {
  expect(hostBinary("/my/opencode", "/usr/bin/bun")).toBe("/my/opencode");
});
