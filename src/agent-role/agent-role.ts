import type { Hooks } from "@opencode-ai/plugin";
import { adaptChildConfig } from "./child-config.ts";
import { endSelf } from "./end-self.ts";
import { readHostEvent } from "./host-event.ts";
import type { AgentRole } from "./role.ts";
import { watchSupervisor } from "./supervisor-watch.ts";
import { TelemetryState } from "./telemetry.ts";
import { Voice } from "./voice.ts";

export interface AgentRoleParts {
  readonly role: AgentRole;
  /** Stops the turn of a session. */
  readonly abortSession: (sessionId: string) => Promise<unknown>;
  /** Adds the agents that the plugin provides, where the options ask for it. */
  readonly provideAgents: NonNullable<Hooks["config"]>;
  readonly writeStderr: (text: string) => void;
}

/** The hooks of the plugin inside a background agent: the asked agent, telemetry, and an end when nobody is left. */
export function agentRoleHooks({ role, abortSession, provideAgents, writeStderr }: AgentRoleParts): Hooks {
  const telemetry = new TelemetryState(role.sessionId, Date.now());
  const voice = new Voice(role.nonce, telemetry, writeStderr);
  const abort = async () => {
    const { sessionId } = telemetry.report(Date.now());
    if (sessionId !== null) await abortSession(sessionId);
  };
  const stopWatching =
    role.onExit === "kill" ? watchSupervisor(role, () => void endSelf(role, abort)) : () => undefined;
  voice.speak();
  return {
    async config(config) {
      await provideAgents(config);
      adaptChildConfig(config, role.agent);
    },
    async event({ event }) {
      const known = readHostEvent(event);
      if (known !== undefined && telemetry.apply(known, Date.now())) voice.changed();
    },
    async dispose() {
      stopWatching();
      voice.close();
    },
  };
}
