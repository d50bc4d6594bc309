import { isFlag, isNumber, isText, listOf, oneOf, orAbsent, shape, type Checked } from "../lib/shape.ts";
import { isTreeReport } from "./tree-report.ts";

const isReport = shape({
  /** Of a report that may be told again: its number in the turn. */
  n: orAbsent(isNumber),
  /** The server ends itself from now on when its host is gone. */
  watches: orAbsent(oneOf("host")),
  session: orAbsent(isText),
  /** The marker of the loop guard, once it has refused so many calls in a row that the run must end. */
  loopGuard: orAbsent(isText),
  /** A text of the session has become a loop. */
  text: orAbsent(oneOf("repeated")),
  tree: orAbsent(isTreeReport),
  /** What an agent tells who asked for it. */
  said: orAbsent(shape({ text: isText, wake: isFlag })),
  /** What an agent asks the user. */
  asked: orAbsent(shape({ askId: isText, kind: oneOf("question"), what: isText, options: orAbsent(listOf(isText)) })),
});

/** What the plugin inside the server of warm agents says of itself, or of one session. */
export type ServerReport = Partial<Checked<typeof isReport>>;

/** One report as a line of stderr, without its line end. */
export function formatServerReport(nonce: string, report: ServerReport): string {
  return JSON.stringify({ bizar: nonce, ...report });
}

/** The report on a line of stderr; `undefined` when it is anything else. */
export function parseServerReport(nonce: string, line: string): ServerReport | undefined {
  if (!line.startsWith(`{"bizar":"${nonce}"`)) return undefined;
  try {
    const report: unknown = JSON.parse(line);
    return isReport(report) ? report : undefined;
  } catch {
    // The server was ended in the middle of the line.
    return undefined;
  }
}
