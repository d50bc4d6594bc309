import { utimesSync } from "node:fs";
import { join } from "node:path";
import type { SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import { FileInstanceStore } from "../../src/store/file-instance-store.ts";
import { recordPath, statePaths, type StatePaths } from "../../src/store/state-paths.ts";
import type { Clock } from "../../src/lib/clock.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** A process that does not live, on this boot or another. */
export const nobody: SupervisorIdentity = { pid: 2_000_000_001, startTime: "1", bootId: "some boot", token: "T" };

/** Folders of the running test's own. */
export function freshPaths(): StatePaths {
  const folder = temporaryFolder();
  return statePaths(join(folder, "state"), join(folder, "state", "logs"));
}

/** A store on the folders given, or on fresh ones. */
export function openStore(paths = freshPaths(), supervisor = nobody, clock: Clock = new FakeClock()) {
  return { paths, store: new FileInstanceStore(paths, { supervisor, onExit: "kill" }, clock) };
}

/** Makes a record one that was written, or renewed, so long ago. */
export function silentFor(ms: number, paths: StatePaths, instanceId: string): void {
  const at = new Date(Date.now() - ms);
  utimesSync(recordPath(paths, instanceId), at, at);
}
