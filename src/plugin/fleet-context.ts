import type { Options } from "../config/options.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import type { Diagnostics } from "../host/diagnostics.ts";
import type { HostClient } from "../opencode/host-client.ts";
import type { Notice } from "../host/notify-command.ts";
import type { SupervisorIdentity } from "../processes/supervisor-identity.ts";
import type { StatePaths } from "../store/state-paths.ts";
import type { Instance } from "../supervisor/instance.ts";
import type { FleetBudget } from "../supervisor/policies/caps.ts";

/** What the fleet of one plugin instance is built from. */
export interface FleetContext {
  readonly options: Options;
  readonly paths: StatePaths;
  readonly identity: SupervisorIdentity;
  readonly guard: GuardSettings;
  /** What all agents of this opencode may cost together. */
  readonly budget: FleetBudget;
  readonly host: HostClient;
  readonly diagnostics: Diagnostics;
  /** The directory of this plugin instance. */
  readonly directory: string;
  /** Runs the user's command, where there is one. */
  readonly notify: (notice: Notice) => void;
  /** An agent has ended, and its record says so or will in a moment. */
  readonly agentEnded: (instance: Instance) => void;
  /** What an agent had done in its own folder is in the caller's now. */
  readonly changesApplied: (instanceId: string) => void;
}
