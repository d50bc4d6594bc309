import { NO_ANSWERS } from "../backends/no-answers.ts";
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import { defaultGuard } from "../../scripts/scripted-host/guard-settings.ts";
import { OPENCODE } from "../../scripts/scripted-host/sandbox.ts";
import { warmBackend, type WarmBackend } from "../../src/backends/warm/warm-backend.ts";
import type { Fetch } from "../../src/opencode/over-http.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import { createIdentity } from "../../src/processes/supervisor-identity.ts";
import { createInstanceId } from "../../src/supervisor/create-instance-id.ts";
import type { Progress } from "../../src/supervisor/instance.ts";
import { judge, type Outcome } from "../../src/supervisor/outcome.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { RunningTurn, Transcripts, TurnEnd, TurnRequest } from "../../src/supervisor/ports.ts";
import { createRig, type Rig } from "./rig.ts";

export interface WarmRigSettings {
  readonly binary?: string;
  readonly fetch?: Fetch;
  /** The clock of the server and its stream of events. */
  readonly serverClock?: Clock;
  readonly transcripts?: Transcripts;
  readonly onExit?: "kill" | "finish";
  readonly idleMs?: number;
  readonly skipPermissions?: boolean;
  readonly config?: Record<string, unknown>;
}

/** One turn, and everything that was seen of it. */
export interface SeenTurn {
  readonly instanceId: string;
  readonly running: RunningTurn;
  readonly log: string[];
  readonly progress: Progress[];
  readonly pids: number[];
  sessionId: string | null;
  /** The message with the prompt. */
  promptId: string | undefined;
  definition: string | undefined;
  asked: () => undefined;
  toldParent: () => undefined;
  answeredElsewhere: () => undefined;
  mustStop: Outcome | undefined;
  /** The end, and what the supervisor makes of it. */
  readonly ended: Promise<TurnEnd & { readonly outcome: Outcome }>;
}

/** The warm backend in the test's own process, with real servers. */
export interface WarmRig extends Rig {
  readonly backend: WarmBackend;
  /** What the servers have written. */
  readonly serverLog: string[];
  start(prompt: string, turn?: Partial<TurnRequest>): SeenTurn;
}

export async function warmRig(settings: WarmRigSettings = {}): Promise<WarmRig> {
  const rig = await createRig({ config: settings.config ?? {} });
  const { sandbox } = rig;
  await mkdir(sandbox.stateDir, { recursive: true });
  const serverLog: string[] = [];
  const logs = new Map<string, string[]>();
  const identity = createIdentity();
  const backend = warmBackend({
    token: identity.token,
    skipPermissions: settings.skipPermissions ?? false,
    answers: NO_ANSWERS,
    killGraceMs: 2000,
    openLog: ({ instanceId }) => logTo(logs.get(instanceId) ?? []),
    transcripts: settings.transcripts ?? { read: async () => undefined },
    clock: systemClock,
    recipe: {
      key: identity.token,
      idleMs: settings.idleMs ?? 600_000,
      clock: systemClock,
      parts: (marker) => ({
        binary: settings.binary ?? OPENCODE,
        directory: sandbox.stateDir,
        identity,
        onExit: settings.onExit ?? "kill",
        skipPermissions: settings.skipPermissions ?? false,
        guard: defaultGuard(join(sandbox.stateDir)),
        environment: sandbox.environment,
        marker,
        log: logTo(serverLog),
        fetch: settings.fetch ?? (async (request) => await fetch(request)),
        clock: settings.serverClock ?? systemClock,
      }),
    },
  });
  const start = (prompt: string, more: Partial<TurnRequest> = {}): SeenTurn => {
    const instanceId = more.instanceId ?? createInstanceId();
    const log: string[] = [];
    logs.set(instanceId, log);
    const seen: { -readonly [Name in keyof SeenTurn]?: SeenTurn[Name] } & Pick<SeenTurn, "progress" | "pids"> = {
      ...{
        instanceId,
        log,
        progress: [],
        pids: [],
        sessionId: null,
        promptId: undefined,
        definition: undefined,
        mustStop: undefined,
      },
    };
    const turn: TurnRequest = {
      ...{ instanceId, agent: "thor", model: { providerId: "scripted", modelId: "model-a" }, kind: "initial", prompt },
      ...{ directory: sandbox.project, sessionId: null, backend: "warm", parentSessionId: "ses_parent" },
      ...more,
    };
    seen.running = backend.start(turn, {
      spawned: ({ pid }) => void seen.pids.push(pid),
      sessionIdentified(sessionId, definition) {
        seen.sessionId = sessionId;
        seen.definition = definition;
      },
      prompted: (messageId) => void (seen.promptId = messageId),
      startRepeated() {},
      progressed: (progress) => void seen.progress.push(progress),
      asked() {},
      toldParent() {},
      answeredElsewhere() {},
      mustStop(outcome) {
        seen.mustStop = outcome;
        void seen.running?.stop();
      },
    });
    seen.ended = seen.running.ended.then((end) => ({ ...end, outcome: judge(end.evidence) }));
    return seen as SeenTurn;
  };
  return {
    ...rig,
    backend,
    serverLog,
    start,
    async dispose() {
      backend.close();
      await rig.dispose();
    },
  };
}

function logTo(lines: string[]) {
  return { write: (source: string, line: string) => void lines.push(`[${source}] ${line}`), close() {} };
}
