import { spentBy, spentPer } from "../store/spent.ts";
import { costGroups, costTables } from "../store/cost-tables.ts";
import { choice, CHOICE_FLAGS } from "./choice.ts";
import type { Command } from "./command.ts";

/** `cost`: what agents have cost, by agent, model and session. */
export const cost: Command = {
  usage: "cost [--json]",
  summary: "What agents have cost: by agent, by model, and by the session that asked.",
  takesId: false,
  flags: { ...CHOICE_FLAGS, json: { about: "as JSON, with every number in full" } },
  async run({ records, print, warn }, { values }) {
    const chosen = (await records.list()).filter(choice({ ...values, all: true }));
    if (values["json"] === true) {
      const groups = Object.entries(costGroups).map(([name, nameOf]) => [
        name,
        spentPer(chosen, nameOf).map(({ name: of, spent }) => ({ [name]: of, ...spent })),
      ]);
      await print(`${JSON.stringify({ ...Object.fromEntries(groups), all: spentBy(chosen) }, undefined, 2)}\n`);
    } else if (chosen.length === 0) warn("there are no such agents");
    else await print(costTables(chosen));
    return 0;
  },
};
