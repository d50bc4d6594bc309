import { defaultGuard } from "../../../scripts/scripted-host/guard-settings.ts";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { processBackend, type ProcessBackendParts } from "../../../src/backends/process/process-backend.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import type { ProcessIdentity, ProcessInfo } from "../../../src/processes/process-table.ts";
import { createIdentity } from "../../../src/processes/supervisor-identity.ts";
import { LogFile } from "../../../src/store/log-file.ts";
import { createInstanceId } from "../../../src/supervisor/create-instance-id.ts";
import type { Progress } from "../../../src/supervisor/instance.ts";
import type { Outcome } from "../../../src/supervisor/outcome.ts";
import type { Backend, RunningTurn, TurnRequest } from "../../../src/supervisor/ports.ts";
import { NO_ANSWERS } from "../no-answers.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { until } from "../../until.ts";

/** What the observer of a turn was told. */
export interface Seen {
  readonly processes: ProcessIdentity[];
  readonly sessions: string[];
  readonly progress: Progress[];
  /** The message with the prompt, as it was told last. */
  prompt: string | undefined;
  /** How often the start was repeated. */
  repeats: number;
  readonly stops: Outcome[];
  /** Settles with the first of those. */
  readonly stopped: Promise<Outcome>;
}

/** A turn of a fixture program that stands in for opencode. */
export interface StartedTurn extends RunningTurn {
  readonly seen: Seen;
  readonly request: TurnRequest;
  /** The lines of its log, the rotated ones first. */
  log(): string[];
  /** What of its tree lives now. */
  members(): ProcessInfo[];
  /** Settles when the log has a line that matches. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a turn of `tests/fixtures/<fixture>`, or of `binary` where one is given. */
export function startTurn(
  fixture: string,
  request: Partial<TurnRequest> = {},
  parts: Partial<ProcessBackendParts> = {},
  /** One that runs several turns. */
  shared?: Backend,
): StartedTurn {
  const folder = temporaryFolder(() => running.stopNow());
  const path = join(folder, "agent.log");
  const stopped = Promise.withResolvers<Outcome>();
  const seen: Seen = {
    stopped: stopped.promise,
    ...{ processes: [], sessions: [], progress: [], prompt: undefined, repeats: 0, stops: [] },
  };
  const turn: TurnRequest = {
    instanceId: createInstanceId(),
    agent: "mimir",
    model: { providerId: "scripted", modelId: "model" },
    kind: "initial",
    backend: "process",
    parentSessionId: "ses_parent",
    prompt: "Look around.",
    directory: folder,
    sessionId: null,
    ...request,
  };
  const binary = join(import.meta.dir, "../../fixtures", fixture);
  const openLog = () => new LogFile(path, 10_485_760, () => undefined);
  const backend = shared ?? processBackend(turnParts({ binary, guard: defaultGuard(folder), openLog, ...parts }));
  const running = backend.start(turn, {
    spawned: (process) => seen.processes.push(process),
    sessionIdentified: (sessionId) => seen.sessions.push(sessionId),
    prompted: (messageId) => void (seen.prompt = messageId),
    startRepeated: () => void seen.repeats++,
    progressed: (progress) => seen.progress.push(progress),
    asked: () => undefined,
    toldParent: () => undefined,
    answeredElsewhere: () => undefined,
    mustStop(outcome) {
      seen.stops.push(outcome);
      stopped.resolve(outcome);
    },
  });
  const log = () => readLog(folder);
  return {
    ended: running.ended,
    get hasExited() {
      return running.hasExited;
    },
    stop: () => running.stop(),
    stopNow: () => running.stopNow(),
    answer: (asked, reply) => running.answer(asked, reply),
    seen,
    request: turn,
    log,
    members: () => treeMembers({ root: seen.processes[0], marker: turn.instanceId }),
    async logged(pattern) {
      await until(`a line of the log matches ${pattern}`, () => log().some((line) => pattern.test(line)));
      return pattern.exec(log().find((line) => pattern.test(line)) ?? "")!;
    },
  };
}

/** What a backend for turns of a test is made of. */
export function turnParts(parts: Partial<ProcessBackendParts>): ProcessBackendParts {
  return {
    binary: "",
    identity: createIdentity(),
    onExit: "kill",
    skipPermissions: false,
    answers: NO_ANSWERS,
    killGraceMs: 5000,
    guard: defaultGuard("/state"),
    environment: process.env,
    openLog: () => ({ write() {}, close() {} }),
    transcripts: { read: async () => undefined },
    clock: systemClock,
    ...parts,
  };
}

function readLog(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith("agent.log"));
  // agent.log.3 is the oldest, agent.log the newest.
  return names
    .toSorted()
    .toReversed()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1));
}
