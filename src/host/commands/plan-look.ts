import { join } from "node:path";
import { describeError } from "../../describe-error.ts";
import { writeDurably } from "../../files/durable-file.ts";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import { LINK_LIFE } from "../plans/link-life.ts";
import type { ShownPlan } from "../plans/plan-services.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan } from "./known-plan.ts";
import { expectWords, NotDone, type Subcommand } from "./subcommand.ts";

/** So much of an export is read in a message; the file has all of it. */
const SHOWN_CHARACTERS = 8000;
/** As that of the plan's other files: what the umask gives to any file of the project. */
const FILE_MODE = 0o666;

const ENDS_SOON =
  "An opencode run ends with its answer, and a page with it. /plan open in the terminal UI, or in an opencode that is served, shows the plan.";

/** `/plan open`. */
export const openPlan: Subcommand<CommandContext> = {
  usage: "open <slug>",
  about: "opens the canvas in the browser",
  async run(context, words) {
    expectWords(words, 1, 1);
    const { slug, plan } = await knownPlan(context, words[0] ?? "");
    if (context.endsSoon) throw new NotDone(ENDS_SOON);
    const shown = await show(context, slug);
    const name = `${slug}, "${plan.title}".`;
    if (shown.openedBrowser) return `${name} It was opened in your browser.`;
    const why = shown.why ?? "No browser here.";
    const act = context.whoseAct();
    if (act.by === "agent") throw new NotDone(`${why} ${act.why} Only the user gets a link to a plan's page.`);
    const text = `${name} Open it in a browser (${why}):\n${shown.url}\n${LINK_LIFE}`;
    if (context.tellUser === undefined) return text;
    await context.tellUser(text);
    return `${name} The link stands in this session, for your eyes only.`;
  },
};

/**
 * Goes on where the user themselves gave the command. Else the plan's page is opened, where they decide.
 *
 * @throws NotDone with where to go; never with a link, which whoever gave the command would read
 */
export async function orOnPage(context: CommandContext, slug: string, rule: string): Promise<void> {
  const act = context.whoseAct();
  if (act.by === "person") return;
  const ruled = `${act.why} ${rule}, on its page`;
  if (context.endsSoon) throw new NotDone(`${ruled}: /plan open ${slug} in the terminal UI shows it.`);
  const { openedBrowser, why } = await show(context, slug);
  throw new NotDone(
    openedBrowser
      ? `${ruled}. It was opened in your browser.`
      : `${ruled}. ${why ?? "No browser here."} /plan open ${slug} says how to get there.`,
  );
}

async function show(context: CommandContext, slug: string): Promise<ShownPlan> {
  return await context.plans.show(slug).catch((error: unknown) => {
    throw new NotDone(`The page of ${slug} could not be shown: ${describeError(error)}`);
  });
}

/** `/plan export`. */
export const exportPlan: Subcommand<CommandContext> = {
  usage: "export <slug>",
  about: "Markdown, here and in plan.md beside the plan",
  async run(context, words) {
    expectWords(words, 1, 1);
    const stored = await knownPlan(context, words[0] ?? "");
    const markdown = exportMarkdown(stored);
    // The plan was read a moment ago: its folder is none that somebody has linked elsewhere.
    const path = join(context.plans.plans.folder, stored.slug, "plan.md");
    await writeDurably(path, markdown, undefined, FILE_MODE).catch((error: unknown) => {
      throw new NotDone(`${path} could not be written: ${describeError(error)}`);
    });
    if (markdown.length <= SHOWN_CHARACTERS) return `Written to ${path}:\n\n${markdown}`;
    return `Written to ${path}. It begins:\n\n${markdown.slice(0, SHOWN_CHARACTERS)}…`;
  },
};
