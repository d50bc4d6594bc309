import { readFile } from "node:fs/promises";
import { actOnChanges, type ChangesAction } from "../workspace/act-on-changes.ts";
import { CommandError, type Command, type CommandContext } from "./command.ts";
import type { InstanceRecord } from "../store/record.ts";
import { findRecord } from "./find-record.ts";

/** `diff`: what an agent has changed in a folder of its own, as a patch. */
export const diff: Command = {
  ...{ usage: "diff <id>", summary: "Prints what an agent has changed in its own folder, as a patch." },
  ...{ takesId: true, flags: {} },
  run: async (context, { positionals: [id = ""] }) => await act(context, id, "show"),
};

/** `apply`: brings an agent's changes into the files that its folder is a copy of. */
export const apply: Command = {
  ...{
    usage: "apply <id>",
    summary: "Brings an agent's changes into your files: all, or nothing where they conflict.",
  },
  ...{ takesId: true, flags: {} },
  run: async (context, { positionals: [id = ""] }) => await act(context, id, "apply"),
};

/** `branch`: commits an agent's changes to a branch. */
export const branch: Command = {
  ...{ usage: "branch <id>", summary: "Commits an agent's changes to a branch of their own." },
  ...{ takesId: true, flags: {} },
  run: async (context, { positionals: [id = ""] }) => await act(context, id, "branch"),
};

/** `discard`: removes an agent's folder with its changes. */
export const discard: Command = {
  ...{ usage: "discard <id>", summary: "Removes an agent's own folder, with its changes." },
  ...{ takesId: true, flags: {} },
  run: async (context, { positionals: [id = ""] }) => await act(context, id, "discard"),
};

async function act(context: CommandContext, id: string, action: ChangesAction): Promise<number> {
  const record = (await withoutRecord(context, id)) ?? (await findRecord(context, id));
  if (action === "apply" && (await context.workspace.reviews.isUsers(record.instanceId))) onlyForUser(context, record);
  const acted = await actOnChanges(context.workspace, record, action);
  if (!acted.ok) throw new CommandError(`${record.instanceId}: ${acted.error}`);
  const { changes } = acted.value.facts;
  if (typeof changes === "object" && changes !== null && "patchPath" in changes) {
    await context.print(await readFile(String(changes.patchPath)));
    context.warn(acted.value.words);
  } else await context.print(`${acted.value.words}\n`);
  return 0;
}

/** @throws CommandError where it is not the user who gives the command, or that cannot be told */
function onlyForUser({ whoseAct }: CommandContext, { instanceId }: Pick<InstanceRecord, "instanceId">): void {
  const act = whoseAct();
  if (act.by === "person") return;
  const where = `/bizar review ${instanceId} in opencode shows them.`;
  throw new CommandError(`${act.why} Only the user applies these changes (applyChanges: "user"). ${where}`);
}

/** Work that is kept longer than the record of its agent; `worktrees` tells its id. */
async function withoutRecord({ workspace, records }: CommandContext, id: string) {
  const [state, ...more] = (await workspace.list()).filter(({ instanceId }) => instanceId.endsWith(id));
  if (id === "" || state === undefined || more.length > 0) return undefined;
  const { instanceId } = state;
  if ((await records.read(instanceId)) !== undefined) return undefined;
  return { instanceId, folder: {}, endedAt: "" };
}
