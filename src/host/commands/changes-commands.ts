import { readFile } from "node:fs/promises";
import { actOnChanges, type ChangesAction } from "../../workspace/act-on-changes.ts";
import type { CommandContext } from "./command-context.ts";
import type { ListedRecord } from "../../store/record.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { openOnPage, orOnPage, type NamedPage } from "./on-page.ts";
import { meantAgent } from "./meant-agent.ts";
import { NotDone, type Subcommand } from "./subcommand.ts";
import { plainLine } from "../../text/plain-text.ts";
import { plainName } from "../../text/plain-name.ts";

const MOST_LINES = 400;
const LINE_CHARACTERS = 300;

/** `/bizar diff | review | apply | branch | discard`: what an agent has changed in a folder of its own. */
export const changesSubcommands: Readonly<Record<string, Subcommand<CommandContext>>> = {
  diff: {
    usage: "diff <id>",
    about: "what an agent has changed in its own folder, and whether it fits your files",
    run: async (context, words) => await act(context, words, "show"),
  },
  review: {
    usage: "review <id>",
    about: "opens them in the browser: line by line, to comment on, send back, apply or discard",
    async run(context, words) {
      const { record } = await meantAgent(context, words);
      if (record.folder === null) {
        throw new NotDone(`${record.instanceId} works in the shared folder: what it has changed is there already.`);
      }
      return await openOnPage(context, changesPage(record));
    },
  },
  apply: {
    usage: "apply <id>",
    about: "brings an agent's changes into your files: all of them, or nothing where they conflict",
    run: async (context, words) => await act(context, words, "apply"),
  },
  branch: {
    usage: "branch <id>",
    about: "commits an agent's changes to a branch of their own",
    run: async (context, words) => await act(context, words, "branch"),
  },
  discard: {
    usage: "discard <id>",
    about: "removes an agent's folder, with its changes",
    run: async (context, words) => await act(context, words, "discard"),
  },
};

/** The page of an agent's changes. */
export function changesPage({ agent, instanceId }: Pick<ListedRecord, "agent" | "instanceId">): NamedPage {
  return {
    name: instanceId,
    command: `/bizar review ${instanceId}`,
    title: `The changes of ${plainName(agent)} ${instanceId}.`,
    page: "the page of an agent's changes",
  };
}

async function isUsersToApply(
  { applyChanges }: CommandContext,
  { reviews }: Workspace,
  instanceId: string,
): Promise<boolean> {
  return applyChanges === "user" || (await reviews.isUsers(instanceId));
}

async function act(context: CommandContext, words: readonly string[], action: ChangesAction): Promise<string> {
  const { record } = await meantAgent(context, words);
  const { workspace } = await context.fleet();
  if (action === "apply" && (await isUsersToApply(context, workspace, record.instanceId))) {
    await orOnPage(context, changesPage(record), "Only the user applies these changes");
  }
  const acted = await actOnChanges(workspace, record, action);
  const head = `${plainName(record.agent)} ${record.instanceId}:`;
  if (!acted.ok) throw new NotDone(`${head} ${acted.error}`);
  const { words: text, facts } = acted.value;
  const { changes } = facts;
  if (typeof changes !== "object" || changes === null || !("patchPath" in changes)) return `${head} ${text}`;
  const path = String(changes.patchPath);
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  const shown = lines.slice(0, MOST_LINES).map((line) => plainLine(line, LINE_CHARACTERS));
  const more = lines.length > shown.length ? [`… ${lines.length - shown.length} more lines in ${path}`] : [];
  return [`${head} ${text}`, "", ...shown, ...more].join("\n");
}
