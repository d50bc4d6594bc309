import type { InstanceRecord } from "../store/record.ts";
import { LogParts } from "../store/log-parts.ts";
import type { Command, CommandContext } from "./command.ts";
import { findRecord, ownerState } from "./find-record.ts";

const CHECK_MS = 200;

/** `logs`: the log of one agent, from its oldest part that is kept. */
export const logs: Command = {
  usage: "logs <id> [-f]",
  summary: "Prints the log of one agent.",
  takesId: true,
  flags: { follow: { short: "f", about: "goes on, through rotations, until the agent has ended" } },
  async run(context, { values, positionals: [id = ""] }) {
    const record = await findRecord(context, id);
    const parts = new LogParts(record.logPath);
    try {
      if (values["follow"] === true) await follow(context, record, parts);
      else await printParts(context, parts);
    } finally {
      await parts.close();
    }
    return 0;
  },
};

async function follow(context: CommandContext, { instanceId }: InstanceRecord, parts: LogParts): Promise<void> {
  for (;;) {
    // The log is closed before the record says that the agent has ended: what is read after that is all.
    const state = await stateOf(context, instanceId);
    await printParts(context, parts);
    if (state === "ended") return;
    if (state === "lost") {
      context.warn(`the opencode that ran ${instanceId} is gone: nobody writes this log any more`);
      return;
    }
    await Bun.sleep(CHECK_MS);
  }
}

async function stateOf({ records }: CommandContext, instanceId: string): Promise<"at work" | "ended" | "lost"> {
  const record = await records.read(instanceId);
  if (record === undefined) return "ended";
  const owner = ownerState(record);
  if (record.endedAt === null) return owner === "gone" ? "lost" : "at work";
  // A turn that waits begins in a moment, where there is somebody to start it.
  return owner === "lives" && record.followUps.length > 0 ? "at work" : "ended";
}

async function printParts({ print, warn }: CommandContext, parts: LogParts): Promise<void> {
  const { hasGap } = await parts.readOn(print);
  if (hasGap) warn("some of the log was rotated away before it could be read");
}
