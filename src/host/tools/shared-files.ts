import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { pathIn } from "../../files/path-in.ts";
import { ChangedFiles } from "../../ledger/changed-files.ts";
import { namedFiles } from "../../ledger/named-files.ts";
import type { Instance } from "../../supervisor/instance.ts";
import { isTerminal } from "../../supervisor/instance.ts";
import type { Supervisor } from "../../supervisor/supervisor.ts";
import { plainName } from "../../text/plain-name.ts";
import type { InstanceCatalog } from "../../fleet/instance-catalog.ts";
import { shorten } from "../../text/shorten.ts";

const MOST_NAMED = 10;
const TITLE_CHARACTERS = 60;

export interface SharedFilesParts {
  /** Where what all processes know of changed files is kept. */
  readonly changeDir: string;
  readonly supervisor: Pick<Supervisor, "views">;
  readonly catalog: Pick<InstanceCatalog, "find">;
}

/** What to mind where a prompt names files that agents have changed which still run; `undefined` where it names none. */
export async function sharedFiles(
  parts: SharedFilesParts,
  prompt: string,
  directory: string,
): Promise<string | undefined> {
  const [named, folder, ofOwn] = await Promise.all([
    namedFiles(prompt, directory),
    realpath(directory).catch(() => directory),
    changedByOwn(parts),
  ]);
  const changes = new ChangedFiles(parts.changeDir);
  const lines: string[] = [];
  for (const path of named) {
    const agents = [...new Set([...(await lastChangedBy(parts, changes, path)), ...(ofOwn.get(path) ?? [])])];
    if (agents.length > 0) lines.push(`${JSON.stringify(pathIn(path, folder))} (${agents.join(", ")})`);
  }
  if (lines.length === 0) return undefined;
  const shown = lines.slice(0, MOST_NAMED);
  const more = lines.length > shown.length ? `, and ${lines.length - shown.length} more` : "";
  return `The prompt names files that running agents have changed: ${shown.join(", ")}${more}. Two that change one file undo each other's work.`;
}

/** Whoever of all opencode processes changed it last. */
async function lastChangedBy({ catalog }: SharedFilesParts, changes: ChangedFiles, path: string): Promise<string[]> {
  const instanceId = (await changes.last(path))?.instanceId;
  const record = instanceId === undefined ? undefined : (await catalog.find(instanceId))?.record;
  return record === undefined || record.endedAt !== null ? [] : [nameOf(record)];
}

/** The files that the agents of this opencode have changed which run, whoever has changed them since. */
async function changedByOwn({ supervisor }: SharedFilesParts): Promise<Map<string, string[]>> {
  const byPath = new Map<string, string[]>();
  for (const { instance } of supervisor.views()) {
    if (isTerminal(instance)) continue;
    for (const file of instance.progress.changedFiles) {
      const path = resolve(instance.folder?.directory ?? instance.directory, file);
      const real = await realpath(path).catch(() => path);
      byPath.set(real, [...(byPath.get(real) ?? []), nameOf(instance)]);
    }
  }
  return byPath;
}

function nameOf({ agent, title }: Pick<Instance, "agent" | "title">): string {
  return `${plainName(agent)} ${JSON.stringify(shorten(title, TITLE_CHARACTERS))}`;
}
