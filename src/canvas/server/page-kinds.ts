import { SLUG } from "../../plans/plan.ts";
import { INSTANCE_ID } from "../../supervisor/instance.ts";
import type { PageFiles } from "./page-files.ts";
import { CHANGES_WORDS, PLAN_WORDS, type PageWords } from "./small-pages.ts";

/** One kind of page. No name is of two kinds: slugs have no upper case, ids do. */
export interface PageKind {
  /** Of its address. */
  readonly segment: string;
  /** What names it. */
  readonly pattern: RegExp;
  readonly words: PageWords;
  readonly htmlOf: (files: PageFiles) => string | null;
}

const plan: PageKind = { segment: "plan", pattern: SLUG, words: PLAN_WORDS, htmlOf: ({ html }) => html };
const changes: PageKind = {
  segment: "changes",
  pattern: INSTANCE_ID,
  words: CHANGES_WORDS,
  htmlOf: ({ changesHtml }) => changesHtml,
};

export const PAGES: readonly PageKind[] = [plan, changes];

/** In which part of the addresses a name's page is. */
export function segmentOf(name: string): string {
  return INSTANCE_ID.test(name) ? changes.segment : plan.segment;
}
