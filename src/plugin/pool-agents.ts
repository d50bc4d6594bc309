import { versionOf } from "../backends/process/host-version.ts";
import type { AnswerPort } from "../backends/answer-port.ts";
import type { LoggedTurn, LogSink } from "../backends/log-sink.ts";
import { serversBackend, type ServersBackend } from "../backends/servers/servers-backend.ts";
import type { CloneTravel } from "../backends/servers/copy-there.ts";
import { reachServer } from "../backends/servers/reach-server.ts";
import { hostBinary } from "../host/host-binary.ts";
import { once } from "../lib/once.ts";
import { systemClock } from "../lib/system-clock.ts";
import type { Notes } from "../supervisor/ports.ts";
import { setUpThere } from "./own-folders.ts";
import type { FleetContext } from "./fleet-context.ts";

type PoolContext = Pick<FleetContext, "options"> & {
  readonly answers: AnswerPort;
  readonly travel: CloneTravel;
  readonly notes: Notes;
};

/** The agents of this plugin instance in servers of other machines. */
export function poolAgents(
  { options, answers, travel, notes }: PoolContext,
  openLog: (turn: LoggedTurn) => LogSink,
): ServersBackend {
  const { servers, backgroundSkipPermissions: skipPermissions, killGraceMs } = options;
  return serversBackend({
    setUp: setUpThere(options),
    ...{ servers, answers, travel, notes, skipPermissions, killGraceMs, openLog },
    environment: process.env,
    version: once(async () => await versionOf(hostBinary(options.opencodeBinary), process.env)),
    fetch: reachServer,
    clock: systemClock,
  });
}
