import { describe, expect, test } from "bun:test";
import { startedAs, type StartedAs } from "../../src/opencode/started-as.ts";

describe("what opencode was started as is read as opencode reads it:", () => {
  const lines: readonly [line: string, as: StartedAs][] = [
    ["run hello", "run"],
    ["run", "run"],
    ["--print-logs run hello", "run"],
    ["--log-level DEBUG run hello", "run"],
    ["--log-level=DEBUG run hello", "run"],
    ["--print-logs --log-level ERROR --pure run --command bizar", "run"],
    ["--print-logs true run hello", "run"],
    ["--no-print-logs run hello", "run"],
    ["--model a/b run hello", "run"],
    ["-m a/b run hello", "run"],
    ["run --attach http://127.0.0.1:4096 hello", "run"],
    ["run serve", "run"],
    ["run --port 5 hello", "run"],
    ["serve", "server"],
    ["serve --port 4096", "server"],
    ["--log-level DEBUG serve", "server"],
    ["web", "server"],
    ["--port 4096", "server"],
    ["--port=4096 some/folder", "server"],
    ["--hostname 0.0.0.0", "server"],
    ["--mdns", "server"],
    ["", "ui"],
    ["some/folder", "ui"],
    ["--agent run", "ui"],
    ["--session ses_1 --agent odin", "ui"],
    ["--prompt run", "ui"],
    ["runner", "ui"],
    ["acp", "ui"],
  ];
  for (const [line, as] of lines) {
    const words = line === "" ? [] : line.split(" ");
    test(`opencode ${line}: ${as}`, () => expect(startedAs(["bun", "/opencode", ...words])).toBe(as));
  }
});
