import { onTestFinished } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity, type SupervisorIdentity } from "../../src/processes/supervisor-identity.ts";
import type { StatePaths } from "../../src/store/state-paths.ts";
import type { Instance } from "../../src/supervisor/instance.ts";
import { sampleInstance, type SampleState } from "../supervisor/sample-instance.ts";
import { freshPaths, openStore } from "../store/store-rig.ts";

const MAIN = join(import.meta.dir, "../../src/cli/main.ts");

/** This boot, and no such process. */
export const gone: SupervisorIdentity = { ...createIdentity(), pid: 2_000_000_001 };

/** An owner that lives as long as the test: the test's own process. */
export function livingOwner(): SupervisorIdentity {
  const identity = createIdentity();
  liveInstances().set(identity.token, { directory: "/project", moduleUrl: "file:///plugin.ts" });
  onTestFinished(() => void liveInstances().delete(identity.token));
  return identity;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as an operator uses it, each command a process of its own. */
export function createCommandLine(paths: StatePaths = freshPaths(), environment: Record<string, string> = {}) {
  const start = (...args: string[]) =>
    Bun.spawn([process.execPath, MAIN, ...args], {
      env: { ...process.env, BIZAR_STATE_DIR: paths.stateDir, BIZAR_LOG_DIR: "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
  return {
    paths,
    start,
    async run(...args: string[]): Promise<CommandEnd> {
      const child = start(...args);
      const [stdout, stderr, exitCode] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      return { exitCode, stdout, stderr };
    },
    /** Leaves a record as an opencode would. */
    async leave(state: SampleState, given: Partial<Instance> = {}, owner: SupervisorIdentity = gone): Promise<void> {
      await openStore(paths, owner).store.create(sampleInstance(state, given));
    },
    file(folder: "recordDir" | "logDir", name: string, text: string): string {
      const path = join(paths[folder], name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
  };
}
