import { askOwner } from "../store/ask-owner.ts";
import type { InstanceRecord } from "../store/record.ts";
import { CommandError, type Command, type CommandContext } from "./command.ts";
import { findRecord } from "./find-record.ts";
import { endLeftTree, killOrphaned } from "./kill-orphaned.ts";

/** Beyond the grace of the agent's own opencode: the end of the tree, the last write. */
const END_LIMIT_MS = 10_000;
const CHECK_MS = 100;

/** `kill`: ends an agent, whoever runs it, and settles the record of one that nobody runs any more. */
export const kill: Command = {
  usage: "kill <id>",
  summary: "Ends an agent and everything that it started.",
  takesId: true,
  flags: {},
  async run(context, { positionals: [id = ""] }) {
    const before = await findRecord(context, id);
    const { instanceId } = before;
    if (before.endedAt !== null) {
      await context.print(`${instanceId} has ended already: ${before.status}\n`);
      return 0;
    }
    const status = (await killOrphaned(context, instanceId)) ?? (await killByOwner(context, before));
    await context.print(`${instanceId} ${status}\n`);
    return 0;
  },
};

async function killByOwner(context: CommandContext, { instanceId, supervisor }: InstanceRecord): Promise<string> {
  const answer = await askOwner(context, instanceId, {
    kind: "kill",
    ...(context.whoseAct().by === "person" && { isUsers: true }),
  });
  if (!answer.ok && (answer.reason === "no_reaction" || answer.reason === "refused")) {
    throw new CommandError(`${instanceId} was not ended (its opencode is process ${supervisor.pid}). ${answer.error}`);
  }
  if (!answer.ok && answer.reason === "owner_gone") {
    const status = await killOrphaned(context, instanceId);
    if (status !== undefined) return status;
    // A host is settling it, perhaps one that lets it work on to its end: without a process that is now.
    await endLeftTree(context, instanceId);
  }
  const end = performance.now() + context.options.killGraceMs + END_LIMIT_MS;
  while (performance.now() < end) {
    const record = await context.records.read(instanceId);
    if (record === undefined) return "gone";
    if (record.endedAt !== null) return record.status;
    await Bun.sleep(CHECK_MS);
  }
  throw new CommandError(`${instanceId} is being ended, but its record does not say so yet. Look again with "show".`);
}
