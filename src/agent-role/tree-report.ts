import { isFlag, isNumber, isText, listOf, orAbsent, shape, type Checked } from "../lib/shape.ts";

const isStray = shape({
  pid: isNumber,
  startTime: isText,
  /** The agents that may have started it; more than one where that could not be told. */
  owners: listOf(isText),
});

/** Something below an agent, or below the server of warm ones, that has lost the marker. */
export type Stray = Checked<typeof isStray>;

const isLeft = shape({ pid: isNumber, command: isText });

/** Something that an agent had left running, and that was ended. */
export type LeftThere = Checked<typeof isLeft>;

export const isTreeReport = shape({
  /** Why this process does not count as started by its supervisor. It ends. */
  orphan: orAbsent(isText),
  /** Somebody works on there: nothing else is told by it. */
  alive: orAbsent(isFlag),
  /** Every stray that runs now. */
  strays: orAbsent(listOf(isStray)),
  /** An agent has begun to run a command of its shell: there may be strays of it that nobody has seen yet. */
  shellOf: orAbsent(isText),
  /** The agent's strays have been looked for since its last command. */
  lookedFor: orAbsent(isText),
  /** What an agent elsewhere has left running, and taken along at its exit. */
  left: orAbsent(listOf(isLeft)),
});

/** What the plugin inside a child says of processes. */
export type TreeReport = Partial<Checked<typeof isTreeReport>>;

/** One report as a line of stderr, without its line end. */
export function formatTreeReport(nonce: string, tree: TreeReport): string {
  return JSON.stringify({ bizar: nonce, tree });
}

/** The report on a line of stderr; `undefined` when it is anything else. */
export function parseTreeReport(nonce: string, line: string): TreeReport | undefined {
  if (!line.startsWith(`{"bizar":"${nonce}","tree":`)) return undefined;
  try {
    const { tree } = JSON.parse(line) as { readonly tree?: unknown };
    return isTreeReport(tree) ? tree : undefined;
  } catch {
    // The child was ended in the middle of the line.
    return undefined;
  }
}
