import { count, money } from "../text/amounts.ts";
import {
  activityOf,
  askWords,
  activityTime,
  costOf,
  elapsed,
  glyph,
  isAlive,
  nameOf,
  statusWords,
  titleOf,
  tokensOf,
  type AgentNow,
} from "./agent-now.ts";
import { cutLine, span, type Line, type Tone } from "./lines.ts";
import type { ScreenState, Tab } from "./screen-state.ts";
import { plainText } from "../text/plain-text.ts";
import { cutToWidth } from "../text/table.ts";

/** A line of what an agent has written, before it is fitted to the screen. */
export interface TextLine {
  readonly text: string;
  readonly tone: Tone;
}

/** Lines in at most so many columns each: long ones go on in the next. What others have written moves no cursor. */
export function wrapped(lines: readonly TextLine[], columns: number): readonly TextLine[] {
  return lines.flatMap(({ text, tone }) =>
    plainText(text)
      .replaceAll("\t", "  ")
      .split("\n")
      .flatMap((line) => Bun.wrapAnsi(line, Math.max(1, columns), { hard: true, trim: false }).split("\n"))
      .map((line) => ({ text: line, tone })),
  );
}

/** Which agent it is, and how it stands. */
export function agentHead(agent: AgentNow, now: number, columns: number): readonly Line[] {
  const { record } = agent;
  const doing = `${activityOf(agent)} ${activityTime(agent, now)}`.trimEnd();
  const does = isAlive(agent) ? (askWords(agent) ?? doing) : statusWords(agent);
  const numbers = [elapsed(agent, now), money(costOf(agent)), `${count(tokensOf(agent))} tokens`];
  const name = record.on === undefined ? nameOf(agent) : `${nameOf(agent)} on ${record.on}`;
  const facts = [name, record.model, ...numbers.filter((text) => text !== ""), does].join(" · ");
  return [
    [glyph(agent, now), span(` ${cutToWidth(titleOf(agent), columns - 2)}`, "text", { isBold: true })],
    [span(cutToWidth(facts, columns), "textMuted")],
  ];
}

/** The tabs, and where in the text the screen stands. */
export function tabLine(open: Tab, state: ScreenState, lines: number, columns: number): Line {
  const tab = (name: Tab, text: string) =>
    span(` ${text} `, name === open ? "primary" : "textMuted", { isBold: name === open });
  const where = state.top === undefined ? "followed" : `line ${state.top + 1} of ${lines}`;
  return cutLine([tab("log", "Log"), tab("transcript", "Transcript"), span(`  ${where}`, "textMuted")], columns);
}

/** The part of a text that is on the screen. */
export function bodyLines(
  lines: readonly TextLine[],
  { top, search, height }: { readonly top: number; readonly search: string; readonly height: number },
): readonly Line[] {
  const shown = lines.slice(top, top + height);
  const isMatch = matcher(search);
  const body: Line[] = shown.map(({ text, tone }) => [span(text, tone, { isChosen: isMatch(text) })]);
  return [...body, ...Array.from({ length: height - body.length }, (): Line => [])];
}

/** The first line behind one that holds what is searched for; from the top again where there is none below. */
export function nextMatch(lines: readonly TextLine[], search: string, behind: number): number | undefined {
  const isMatch = matcher(search);
  const below = lines.findIndex(({ text }, index) => index > behind && isMatch(text));
  const at = below === -1 ? lines.findIndex(({ text }) => isMatch(text)) : below;
  return at === -1 ? undefined : at;
}

function matcher(search: string): (text: string) => boolean {
  const wanted = search.toLowerCase();
  return (text) => wanted !== "" && text.toLowerCase().includes(wanted);
}
