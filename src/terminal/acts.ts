import { readFile } from "node:fs/promises";
import { askOwner } from "../store/ask-owner.ts";
import type { OwnerRequest } from "../store/request-files.ts";
import { resultPath, statePaths, type StatePaths } from "../store/state-paths.ts";
import type { Answer } from "../halves/messages.ts";
import type { AgentNow } from "./agent-now.ts";
import { nameOf } from "./agent-now.ts";
import type { World } from "./world.ts";

/** Asks whoever runs an agent, as the command line does. Settles with what came of it, in words. */
export async function askForAgent(world: World, agent: AgentNow, request: OwnerRequest, done: string): Promise<Answer> {
  const watch = world.watch();
  const paths = pathsOf(world);
  if (watch === undefined || paths === undefined) return { ok: false, error: "Bizar is not loaded yet." };
  const answered = await askOwner({ paths, records: watch.records }, agent.record.instanceId, request);
  if (answered.ok) return { ok: true, text: done };
  return { ok: false, error: `${nameOf(agent)}: ${answered.error}` };
}

/** The whole result of an agent's last turn. */
export async function resultOf(world: World, { record }: AgentNow): Promise<string | undefined> {
  const paths = pathsOf(world);
  if (paths === undefined || record.endedAt === null) return undefined;
  return await readFile(resultPath(paths, record.instanceId), "utf8").catch(() => undefined);
}

function pathsOf({ server }: World): StatePaths | undefined {
  const here = server();
  return here === undefined ? undefined : statePaths(here.stateDir, here.logDir);
}
