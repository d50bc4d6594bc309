import { createEffect, createRoot } from "solid-js";
import type { InstanceRecord } from "../store/record.ts";
import { plainName } from "../text/plain-name.ts";
import { plainLine } from "../text/plain-text.ts";
import type { AgentsWatch } from "./agents-watch.ts";
import type { World } from "./world.ts";

const LEFT = "bizar.left-at-quit";
const TITLE_CHARACTERS = 60;
const TOAST_MS = 15_000;

/** The user quits while these are at work: the next start tells what has become of them. */
export function noteLeft({ api }: World, instanceIds: readonly string[]): void {
  api.kv.set(LEFT, instanceIds);
}

/** Tells what has become of those that were at work when the user quit last, each once it has ended. */
export function tellOfLeft(world: World): void {
  const { api, watch, agents } = world;
  let isLooking = false;
  const look = async (records: AgentsWatch["records"]) => {
    const ids = api.kv.get<readonly string[]>(LEFT, []);
    if (ids.length === 0 || isLooking) return;
    isLooking = true;
    const found = await Promise.all(ids.map(async (id) => await records.read(id)));
    isLooking = false;
    const ended = found.flatMap((record) => (record === undefined || record.endedAt === null ? [] : record));
    if (ended.length === 0) return;
    api.kv.set(
      LEFT,
      ids.filter((id) => !ended.some(({ instanceId }) => instanceId === id)),
    );
    api.ui.toast({ title: "Since you quit", message: leftWords(ended), variant: "info", duration: TOAST_MS });
  };
  createRoot((dispose) => {
    api.lifecycle.onDispose(dispose);
    createEffect(() => {
      agents();
      const records = watch()?.records;
      if (records !== undefined) void look(records);
    });
  });
}

/** What has become of agents, a line each. */
export function leftWords(records: readonly Pick<InstanceRecord, "agent" | "title" | "status" | "reason">[]): string {
  return records
    .map(({ agent, title, status, reason }) => {
      const why = reason === null || reason === status ? "" : ` (${reason})`;
      return `${plainName(agent)}: ${status}${why}, ${plainLine(title, TITLE_CHARACTERS)}`;
    })
    .join("\n");
}
