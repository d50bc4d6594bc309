import type { AnswerPort } from "../backends/answer-port.ts";
import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import { localFetch } from "../backends/warm/local-fetch.ts";
import { warmBackend, type WarmBackend, type WarmBackendParts } from "../backends/warm/warm-backend.ts";
import { hostBinary } from "../host/host-binary.ts";
import { systemClock } from "../lib/system-clock.ts";
import { serverLogPath } from "../store/state-paths.ts";
import type { Transcripts } from "../supervisor/ports.ts";
import type { FleetContext } from "./fleet-context.ts";

/** What makes an opencode another one: where its configuration and its data lie, and what it is told. */
const CONFIGURES = /^(?:HOME|PATH|SHELL|XDG_|OPENCODE_|BIZAR_)/;

type WarmAgentsContext = Pick<FleetContext, "options" | "paths" | "identity" | "guard"> & {
  readonly host: Transcripts;
  readonly answers: AnswerPort;
  readonly models: NonNullable<WarmBackendParts["models"]>;
};

/** The warm backend of this plugin instance; instances of the same configuration share its server. */
export function warmAgents(
  { options, paths, identity, guard, host, models, answers }: WarmAgentsContext,
  openLog: (turn: LoggedTurn) => LogSink,
  openFile: (path: string) => LogSink,
): WarmBackend {
  const binary = hostBinary(options.opencodeBinary);
  const { onExit, backgroundSkipPermissions: skipPermissions } = options;
  const environment = Object.entries(process.env).filter(([name]) => CONFIGURES.test(name));
  return warmBackend({
    token: identity.token,
    skipPermissions,
    answers,
    killGraceMs: options.killGraceMs,
    openLog,
    transcripts: host,
    models,
    clock: systemClock,
    recipe: {
      key: JSON.stringify([
        ...[binary, onExit, skipPermissions, answers.asks, answers.waitMs, guard, environment, paths.worktreeDir],
      ]),
      idleMs: options.warmIdleMs,
      clock: systemClock,
      parts: (marker) => ({
        ...{ binary, identity, guard, marker, onExit, skipPermissions, worktreeDir: paths.worktreeDir },
        ...{ asks: answers.asks, permissionWaitMs: answers.waitMs },
        // Exists, and is nobody's project.
        directory: paths.stateDir,
        environment: process.env,
        log: openFile(serverLogPath(paths, marker)),
        fetch: localFetch,
        clock: systemClock,
      }),
    },
  });
}
