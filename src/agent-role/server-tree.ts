import type { Hooks } from "../opencode/plugin-api.ts";
import { readFileSync, writeSync } from "node:fs";
import type { Loose } from "../processes/orphans.ts";
import { sessionChange } from "../opencode/session-events.ts";
import { endedCall } from "./ended-call.ts";
import { INSTANCE_ID } from "../supervisor/instance.ts";
import type { ServerRole } from "./role.ts";
import { ShellTimes } from "./shell-times.ts";
import { Strays } from "./strays.ts";
import { formatTreeReport, type Stray, type TreeReport } from "./tree-report.ts";

const STDERR = 2;

/** One for all directories of this process. */
let tree: ServerTree | undefined;

/**
 * Keeps the processes of the server of warm agents together, and tells whose those are that have lost their marker.
 *
 * @param instanceOf the agent that a session belongs to
 */
export function serverTree(
  role: ServerRole,
  instanceOf: (sessionId: string) => Promise<string | undefined>,
): Required<Pick<Hooks, "shell.env" | "event">> {
  const open = (tree ??= openServerTree(role));
  return {
    async "shell.env"({ sessionID, callID }) {
      const owner = sessionID === undefined ? undefined : await instanceOf(sessionID);
      if (owner === undefined || sessionID === undefined) return;
      await open.shellBegins(callID ?? sessionID, owner, sessionID);
    },
    async event({ event }) {
      const call = endedCall(event);
      if (call !== undefined) open.shellEnded(call);
      const { sessionId, to } = sessionChange(event) ?? {};
      if (sessionId !== undefined && to === "idle") open.sessionEnded(sessionId, await instanceOf(sessionId));
    },
  };
}

/** Tells whose commands run, and looks for what they have left. */
export class ServerTree {
  /** The agents that have run a command since their strays were looked for. */
  readonly #unlooked = new Set<string>();

  /** @param say tells the host; never throws */
  constructor(
    private readonly shells: ShellTimes,
    private readonly strays: Pick<Strays, "ready" | "wake" | "look">,
    private readonly say: (report: TreeReport) => void,
  ) {}

  async shellBegins(callId: string, owner: string, sessionId: string): Promise<void> {
    await this.strays.ready;
    this.shells.began(callId, owner, sessionId);
    if (!this.#unlooked.has(owner)) this.say({ shellOf: owner });
    this.#unlooked.add(owner);
    this.strays.wake();
  }

  shellEnded(callId: string): void {
    if (this.shells.ended(callId)) this.strays.look();
  }

  sessionEnded(sessionId: string, owner: string | undefined): void {
    this.shells.sessionEnded(sessionId);
    if (owner === undefined || !this.#unlooked.delete(owner)) return;
    this.strays.look();
    this.say({ lookedFor: owner });
  }
}

function openServerTree(role: ServerRole): ServerTree {
  const write = (report: TreeReport) => void writeSync(STDERR, `${formatTreeReport(role.nonce, report)}\n`);
  const say = (report: TreeReport) => {
    try {
      write(report);
    } catch {
      // A full pipe: the host does without, and waits a moment longer.
    }
  };
  const shells = new ShellTimes(ticksSinceBoot);
  const strays = new Strays({
    ownersOf: (loose, known) => ownersOf(loose, known, shells),
    tell: (found) => write({ strays: found }),
    isAtWork: () => shells.isAnyRunning,
  });
  return new ServerTree(shells, strays, say);
}

/**
 * The agents that may have started something: the one whose marker it was seen with, those whose shell ran when it was
 * started, or those whose strays may have started it later.
 */
export function ownersOf(
  { process, seenMarker, isOwnChild }: Loose,
  known: readonly Stray[],
  shells: Pick<ShellTimes, "ownersAt">,
): readonly string[] {
  const before = known.find(({ pid, startTime }) => pid === process.pid && startTime === process.startTime);
  if (before !== undefined) return before.owners;
  const carried = seenMarker?.split("/").at(-1);
  if (carried !== undefined) return INSTANCE_ID.test(carried) ? [carried] : [];
  // The server's own, for itself: a language server, say.
  if (isOwnChild) return [];
  const then = shells.ownersAt(Number(process.startTime));
  return then.length > 0 ? then : [...new Set(known.flatMap(({ owners }) => owners))];
}

function ticksSinceBoot(): number {
  try {
    const seconds = readFileSync("/proc/uptime", "utf8").split(" ")[0];
    return Math.round(Number(seconds) * 100);
  } catch {
    // Not Linux: its start times are no numbers either.
    return Number.NaN;
  }
}
