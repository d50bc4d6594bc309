import { describe, expect, test } from "bun:test";
import { renameSync, rmSync } from "node:fs";
import type { RequestWatchParts } from "../../src/store/request-watch.ts";
import type { StatePaths } from "../../src/store/state-paths.ts";
import { sampleInstance } from "../supervisor/sample-instance.ts";
import { until } from "../until.ts";
import { ask, createOwner, id, left } from "./request-rig.ts";
import { freshPaths } from "./store-rig.ts";

describe("where no event comes, an owner looks by itself while something runs:", () => {
  const systems: readonly [string, NonNullable<RequestWatchParts["watchNames"]>][] = [
    ["a file system without events", () => ({ close() {} })],
    [
      "no watch left to be had",
      (_folder, _changed, failed) => {
        failed(new Error("EMFILE: too many open files, watch"));
        return { close() {} };
      },
    ],
  ];
  for (const [what, watchNames] of systems) {
    test(what, async () => {
      const { paths, heard, watch, clock, owner } = await createOwner("running", freshPaths(), id, { watchNames });
      watch.open();
      for (const request of [{ kind: "kill" }, { kind: "send", prompt: "more" }] as const) {
        const asking = ask(paths, request);
        await until("the request is there", () => left(paths).some((name) => name.endsWith(".json")));
        await until("the owner waits for its next look", () => clock.pending > 0);
        clock.advance(2000);
        expect(await asking).toEqual({ ok: true });
      }
      expect(heard).toHaveLength(2);
      owner.isNeeded = false;
      await until("the owner waits for its next look", () => clock.pending > 0);
      clock.advance(2000);
      await Promise.resolve();
      expect(clock.pending).toBe(0);
    });
  }
});

test("a watch that could not be had, or that breaks, is made anew at the next look", async () => {
  const events: ((name: string | null) => void)[] = [];
  const failures: ((error: unknown) => void)[] = [];
  const parts: Partial<RequestWatchParts> = {
    watchNames(_folder, changed, failed) {
      if (failures.push(failed) === 1) failed(new Error("EMFILE: too many open files, watch"));
      else events.push(changed);
      return { close() {} };
    },
  };
  const { paths, heard, watch, clock } = await createOwner("running", freshPaths(), id, parts);
  watch.open();
  await until("the first watch failed", () => failures.length === 1);
  await until("the owner waits for its next look", () => clock.pending > 0);
  clock.advance(2000);
  await until("there is a watch", () => events.length === 1);
  failures[1]?.(new Error("the watch broke"));
  await until("the owner waits for its next look", () => clock.pending > 0);
  clock.advance(2000);
  await until("there is another watch", () => events.length === 2);
  const asking = ask(paths, { kind: "kill" });
  await until("the request is there", () => left(paths).some((name) => name.endsWith(".json")));
  events[1]?.(null);
  expect(await asking).toEqual({ ok: true });
  expect(heard).toHaveLength(1);
});

describe("an owner whose record folder was taken away says so once, and is reached in the one that is made again:", () => {
  const ways: readonly [string, (paths: StatePaths) => void][] = [
    ["the state folder was removed", ({ stateDir }) => rmSync(stateDir, { recursive: true })],
    ["the record folder was removed", ({ recordDir }) => rmSync(recordDir, { recursive: true })],
    ["the state folder was moved", ({ stateDir }) => renameSync(stateDir, `${stateDir}.old`)],
  ];
  for (const [how, take] of ways) {
    test(how, async () => {
      const { paths, heard, watch, clock, owner, store } = await createOwner();
      watch.open();
      expect(await ask(paths, { kind: "kill" })).toEqual({ ok: true });
      take(paths);
      const look = async () => {
        await until("the owner waits for its next look", () => clock.pending > 0);
        clock.advance(2000);
      };
      await look();
      await until("the loss is told", () => owner.losses === 1);
      await look();
      await store.create(sampleInstance("running", { instanceId: id }));
      await look();
      const asking = ask(paths, { kind: "send", prompt: "still there?" });
      // By an event again: the clock stands still.
      expect(await asking).toEqual({ ok: true });
      expect(heard).toHaveLength(2);
      expect(owner.losses).toBe(1);
    });
  }
});
