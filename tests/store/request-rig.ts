import { expect, onTestFinished } from "bun:test";
import { readdirSync } from "node:fs";
import { liveInstances } from "../../src/processes/live-instances.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { askOwner, type OwnerAnswer } from "../../src/store/ask-owner.ts";
import { RecordFolder } from "../../src/store/record-folder.ts";
import type { OwnerRequest } from "../../src/store/request-files.ts";
import { RequestWatch, type RequestWatchParts } from "../../src/store/request-watch.ts";
import type { StatePaths } from "../../src/store/state-paths.ts";
import { FakeClock } from "../supervisor/fake-clock.ts";
import { sampleId, sampleInstance, type SampleState } from "../supervisor/sample-instance.ts";
import { freshPaths, openStore } from "./store-rig.ts";

/** The agent that is asked of. */
export const id = sampleId(1);

/** An owner that lives as long as the test, and the record of an agent of its. */
export async function createOwner(
  state: SampleState = "running",
  paths = freshPaths(),
  instanceId = id,
  more: Partial<RequestWatchParts> = {},
) {
  const identity = createIdentity();
  liveInstances().set(identity.token, { directory: "/project", moduleUrl: "file:///plugin.ts" });
  onTestFinished(() => void liveInstances().delete(identity.token));
  const { store } = openStore(paths, identity);
  await store.create(sampleInstance(state, { instanceId }));
  const heard: [string, OwnerRequest][] = [];
  const reports: string[] = [];
  const owner = {
    ...{ identity, paths, store, heard, reports, instanceId },
    isNeeded: true,
    losses: 0,
    onRequest: async (_request: OwnerRequest): Promise<void> => undefined,
  };
  const clock = new FakeClock();
  const watch = new RequestWatch({
    paths,
    isOurs: async (asked) => asked === instanceId,
    onRequest: async (asked, request) => {
      heard.push([asked, request]);
      await owner.onRequest(request);
    },
    report: (message) => void reports.push(message),
    isNeeded: () => owner.isNeeded,
    folderLost: () => void owner.losses++,
    clock,
    ...more,
  });
  onTestFinished(() => watch.close());
  return { ...owner, owner, watch, clock };
}

/** Asks the owner as another process does. */
export async function ask(
  paths: StatePaths,
  request: OwnerRequest,
  limitMs = 5000,
  instanceId = id,
): Promise<OwnerAnswer> {
  const records = new RecordFolder(paths, (message) => expect.unreachable(message));
  return await askOwner({ paths, records, limitMs }, instanceId, request);
}

/** What is left in the record folder beside records. */
export function left(paths: StatePaths): string[] {
  return readdirSync(paths.recordDir).filter((name) => !/^bgr_\w+\.json$/.test(name));
}
