import { join } from "node:path";
import { describeError } from "../../lib/describe-error.ts";
import { writeDurably } from "../../files/durable-file.ts";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan } from "./known-plan.ts";
import { openOnPage, type NamedPage } from "./on-page.ts";
import { expectWords, NotDone, type Subcommand } from "./subcommand.ts";

/** So much of an export is read in a message; the file has all of it. */
const SHOWN_CHARACTERS = 8000;
/** As that of the plan's other files: what the umask gives to any file of the project. */
const FILE_MODE = 0o666;

/** `/plan open`. */
export const openPlan: Subcommand<CommandContext> = {
  usage: "open <slug>",
  about: "opens the canvas in the browser",
  async run(context, words) {
    expectWords(words, 1, 1);
    const { slug, plan } = await knownPlan(context, words[0] ?? "");
    return await openOnPage(context, planPage(slug, `${slug}, "${plan.title}".`));
  },
};

/** The page of a plan. */
export function planPage(slug: string, title = `${slug}.`): NamedPage {
  return { name: slug, title, command: `/plan open ${slug}`, page: "a plan's page" };
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
