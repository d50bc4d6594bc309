import { killFromOutside, NotEnded } from "../fleet/kill-from-outside.ts";
import { CommandError, type Command } from "./command.ts";
import { findRecord } from "./find-record.ts";

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
    try {
      const status = await killFromOutside(context, before, context.whoseAct().by === "person");
      await context.print(`${instanceId} ${status}\n`);
      return 0;
    } catch (error) {
      if (error instanceof NotEnded) throw new CommandError(error.message);
      throw error;
    }
  },
};
