import { afterEach, expect, test } from "bun:test";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import type { WarmBackend } from "../../src/backends/warm/warm-backend.ts";
import { readOptions } from "../../src/config/options.ts";
import { warmAgents } from "../../src/plugin/warm-agents.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { statePaths } from "../../src/store/state-paths.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** The servers of this process, as the warm backends share them. */
const servers = (): number =>
  (globalThis as { [name: symbol]: Map<string, unknown> | undefined })[Symbol.for("opencode-bizar.warm-servers")]
    ?.size ?? 0;

let backends: WarmBackend[] = [];
afterEach(() => {
  for (const backend of backends) backend.close();
  backends = [];
});

const noLog = () => ({ write() {}, close() {} });

function join(given: Record<string, unknown>, folder: string): void {
  const context = {
    ...{ options: readOptions(given, { HOME: folder }).options, paths: statePaths(folder, folder) },
    ...{ identity: createIdentity(), guard: defaultGuard(folder), host: { read: async () => undefined } },
  };
  backends.push(warmAgents(context, noLog, noLog));
}

test("folders share a server, but for one that answers permissions otherwise", () => {
  const folder = temporaryFolder();
  const before = servers();
  for (const backgroundSkipPermissions of [false, false, true]) join({ backgroundSkipPermissions }, folder);
  expect(servers() - before).toBe(2);
});
