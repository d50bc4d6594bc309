import { join } from "node:path";
import { describeError } from "../../describe-error.ts";
import { writeDurably } from "../../files/durable-file.ts";
import { exportMarkdown } from "../../plans/export-markdown.ts";
import type { CommandContext } from "./command-context.ts";
import { knownPlan } from "./known-plan.ts";
import { expectWords, NotDone, onlyUser, type Subcommand } from "./subcommand.ts";

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
    const [slug = ""] = words;
    onlyUser(context, "Only the user gets a link to a plan's page.");
    const { plan } = await knownPlan(context, slug);
    if (context.endsSoon) throw new NotDone(ENDS_SOON);
    const shown = await context.plans.show(slug).catch((error: unknown) => {
      throw new NotDone(`The page of ${slug} could not be shown: ${describeError(error)}`);
    });
    const how = shown.openedBrowser
      ? "It was opened in your browser"
      : `Open it in a browser (${shown.why ?? "none here"})`;
    const text = `${slug}, "${plan.title}". ${how}:\n${shown.url}\nThe link is good once, and for your eyes only.`;
    if (context.tellUser === undefined) return text;
    await context.tellUser(text);
    return `${slug}, "${plan.title}". ${shown.openedBrowser ? `${how}; the` : "The"} link stands in this session, for your eyes only.`;
  },
};

/** `/plan export`. */
export const exportPlan: Subcommand<CommandContext> = {
  usage: "export <slug>",
  about: "Markdown, here and in plan.md beside the plan",
  async run(context, words) {
    expectWords(words, 1, 1);
    const [slug = ""] = words;
    const markdown = exportMarkdown(await knownPlan(context, slug));
    // The plan was read a moment ago: its folder is none that somebody has linked elsewhere.
    const path = join(context.plans.plans.folder, slug, "plan.md");
    await writeDurably(path, markdown, undefined, FILE_MODE).catch((error: unknown) => {
      throw new NotDone(`${path} could not be written: ${describeError(error)}`);
    });
    if (markdown.length <= SHOWN_CHARACTERS) return `Written to ${path}:\n\n${markdown}`;
    return `Written to ${path}. It begins:\n\n${markdown.slice(0, SHOWN_CHARACTERS)}…`;
  },
};
