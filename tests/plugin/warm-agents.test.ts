import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import type { WarmBackend } from "../../src/backends/warm/warm-backend.ts";
import { readOptions } from "../../src/config/options.ts";
import { warmAgents } from "../../src/plugin/warm-agents.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { statePaths } from "../../src/store/state-paths.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { NO_ANSWERS } from "../backends/no-answers.ts";
import { judge } from "../../src/supervisor/outcome.ts";

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

/** Runs a turn, which needs a server; it ends at once, since that one cannot be started. */
async function work(folder: string, given: Record<string, unknown>, providers?: string): Promise<void> {
  const options = { ...given, opencodeBinary: join(folder, "no-opencode") };
  const backend = warmAgents(
    {
      ...{ options: readOptions(options, { HOME: folder }).options, paths: statePaths(folder, folder) },
      ...{ identity: createIdentity(), guard: defaultGuard(folder), host: { read: async () => undefined } },
      answers: NO_ANSWERS,
      models: async () => (providers === undefined ? undefined : { path: join(folder, "models.json"), providers }),
    },
    noLog,
    noLog,
  );
  backends.push(backend);
  const turn = backend.start(
    {
      ...{ instanceId: createInstanceId(), agent: "thor", kind: "initial", prompt: "do it", backend: "warm" },
      ...{ model: { providerId: "p", modelId: "m" }, directory: folder, sessionId: null, parentSessionId: "ses_a" },
    },
    {
      spawned() {},
      sessionIdentified() {},
      prompted() {},
      startRepeated() {},
      progressed() {},
      mustStop() {},
      asked() {},
      toldParent() {},
      answeredElsewhere() {},
    },
  );
  expect(judge((await turn.ended).evidence).error).toContain("no-opencode");
}

test("folders share a server, but for one that answers permissions otherwise, or uses other providers", async () => {
  const folder = temporaryFolder();
  const before = servers();
  await work(folder, {});
  await work(folder, {});
  expect(servers() - before).toBe(1);
  await work(folder, { backgroundSkipPermissions: true });
  expect(servers() - before).toBe(2);
  await work(folder, {}, "these");
  await work(folder, {}, "these");
  await work(folder, {}, "others");
  expect(servers() - before).toBe(4);
});
