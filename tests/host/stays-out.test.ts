import type { PluginInput } from "@opencode-ai/plugin";
import { expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { hostPlugin } from "../../src/plugin/host-plugin.ts";
import { fakeClient } from "../opencode-facts/fake-api.ts";
import { temporaryFolder } from "../temporary-folder.ts";

interface LogEntry {
  readonly level: string;
  readonly message: string;
}

/** The plugin in a host that keeps the first message that is logged. */
function startPlugin(options: Record<string, unknown>) {
  const logged = Promise.withResolvers<LogEntry>();
  const log = ({ body }: { body: LogEntry }) => {
    logged.resolve(body);
    return true;
  };
  const client = fakeClient({ "post /log": log, "post /tui/show-toast": () => true });
  const directory = temporaryFolder();
  const input = { client, directory, worktree: directory } as unknown as PluginInput;
  const hooks = hostPlugin(input, options, "file:///plugin.ts");
  // Should it not stay out, it must not begin to write either: these are folders of the one who runs this.
  void hooks.dispose?.();
  return { hooks, logged: logged.promise };
}

/** A link to a folder that need not be there; nothing is ever made behind it. */
function linkTo(target: string): string {
  const path = join(temporaryFolder(), "innocent");
  symlinkSync(target, path);
  return path;
}

const cases: [what: string, options: () => Record<string, unknown>, secret: string][] = [
  ["stateDir at it", () => ({ stateDir: "~/.aws" }), ".aws"],
  ["stateDir below it", () => ({ stateDir: "~/.ssh/not-there/bizar" }), ".ssh"],
  ["logDir below it", () => ({ stateDir: temporaryFolder(), logDir: "~/.kube/logs" }), ".kube"],
  ["logDir a link into it", () => ({ logDir: linkTo(join(homedir(), ".gnupg", "bizar")) }), ".gnupg"],
];
for (const [what, options, secret] of cases) {
  test(`with ${what}, the plugin logs an error that names ~/${secret} and stays out`, async () => {
    const { hooks, logged } = startPlugin(options());
    expect(hooks).toEqual({});
    const { level, message } = await logged;
    expect(level).toBe("error");
    expect(message).toContain(`is under ${join(homedir(), secret)}, where credentials are kept`);
  });
}
