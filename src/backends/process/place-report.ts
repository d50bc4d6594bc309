import { isFlag, isNumber, isText, oneOf, orAbsent, shape, type Checked } from "../../lib/shape.ts";

const isPlaceReport = shape({
  /** It has begun, on this machine … */
  host: orAbsent(isText),
  /** … as this job of the engine; empty where that says nothing. */
  job: orAbsent(isText),
  /** The shell that runs opencode. */
  pid: orAbsent(isNumber),
  /** Seconds since the epoch, by the clock there. */
  at: orAbsent(isNumber),
  /** What is not there, or not as it has to be: nothing is started. */
  lacks: orAbsent(oneOf("directory", "opencode", "version", "plugin", "agent", "git", "files", "setUp")),
  /** What is there instead. */
  found: orAbsent(isText),
  /** The copied files are being made ready. */
  setUp: orAbsent(isFlag),
  /** Where the copied files are there, in base64. */
  folder: orAbsent(isText),
  /** What of them could not be taken, a line each, in base64. */
  left: orAbsent(isText),
  /** What has become of copied files: they are as they were, or were sent back. */
  files: orAbsent(oneOf("same", "sent")),
  /** What opencode has exited with. */
  exit: orAbsent(isNumber),
});

/** What the shell at a place elsewhere says on stderr, one JSON object a line. */
export type PlaceReport = Checked<typeof isPlaceReport>;

/** The report on a line of stderr; `undefined` when it is anything else. */
export function parsePlaceReport(nonce: string, line: string): PlaceReport | undefined {
  if (!line.startsWith(`{"bizar":"${nonce}","place":`)) return undefined;
  try {
    const { place } = JSON.parse(line) as { readonly place?: unknown };
    return isPlaceReport(place) ? place : undefined;
  } catch {
    // It was ended in the middle of the line.
    return undefined;
  }
}
