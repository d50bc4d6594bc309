import { describeError } from "../../lib/describe-error.ts";
import { LINK_LIFE } from "../plans/link-life.ts";
import type { ShownPlan } from "../plans/plan-services.ts";
import type { CommandContext } from "./command-context.ts";
import { NotDone } from "./subcommand.ts";

/** A page of the canvas, as commands name it. */
export interface NamedPage {
  /** A plan's slug, or the id of the agent whose changes it shows. */
  readonly name: string;
  /** The command that opens it. */
  readonly command: string;
  /** What it shows, at the begin of a sentence: `x, "X".` */
  readonly title: string;
  /** In a sentence: `a plan's page`. */
  readonly page: string;
}

/** Opens a page in the browser, or says where it is. */
export async function openOnPage(context: CommandContext, page: NamedPage): Promise<string> {
  const { command, title } = page;
  if (context.endsSoon) {
    throw new NotDone(
      `An opencode run ends with its answer, and a page with it. ${command} in the terminal UI, or in an opencode that is served, shows it.`,
    );
  }
  const shown = await show(context, page);
  if (shown.openedBrowser) return `${title} It was opened in your browser.`;
  const why = shown.why ?? "No browser here.";
  const act = context.whoseAct();
  if (act.by === "agent") throw new NotDone(`${why} ${act.why} Only the user gets a link to ${page.page}.`);
  const text = `${title} Open it in a browser (${why}):\n${shown.url}\n${LINK_LIFE}`;
  if (context.tellUser === undefined) return text;
  await context.tellUser(text);
  return `${title} The link stands in this session, for your eyes only.`;
}

/**
 * Goes on where the user themselves gave the command. Else the page is opened, where they decide.
 *
 * @throws NotDone with where to go; never with a link, which whoever gave the command would read
 */
export async function orOnPage(context: CommandContext, page: NamedPage, rule: string): Promise<void> {
  const act = context.whoseAct();
  if (act.by === "person") return;
  const { command } = page;
  const ruled = `${act.why} ${rule}, on its page`;
  if (context.endsSoon) throw new NotDone(`${ruled}: ${command} in the terminal UI shows it.`);
  const { openedBrowser, why } = await show(context, page);
  throw new NotDone(
    openedBrowser
      ? `${ruled}. It was opened in your browser.`
      : `${ruled}. ${why ?? "No browser here."} ${command} says how to get there.`,
  );
}

async function show(context: CommandContext, { name }: NamedPage): Promise<ShownPlan> {
  return await context.plans.show(name).catch((error: unknown) => {
    throw new NotDone(`The page of ${name} could not be shown: ${describeError(error)}`);
  });
}
