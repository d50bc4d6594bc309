import { Api } from "../opencode/api.ts";
import { inProcess } from "../opencode/transport.ts";
import type { Hooks, PluginInput, PluginOptions } from "../opencode/plugin-api.ts";
import { join } from "node:path";
import { readOptions, type Options } from "../config/options.ts";
import { secretFolderOf } from "../config/secret-folders.ts";
import type { GuardSettings } from "../guard/guard-settings.ts";
import { Diagnostics } from "../host/diagnostics.ts";
import { HostClient } from "../opencode/host-client.ts";
import { HostSide } from "./host-side.ts";
import { joinHooks } from "./join-hooks.ts";
import type { lentAgents } from "./lent-agents.ts";
import { createLoopGuard, withLoopGuard } from "./loop-guard.ts";
import { worktreeOf } from "../opencode/worktree-of.ts";
import { withRules } from "./with-rules.ts";
import { liveInstances } from "../processes/live-instances.ts";
import { foreignProcWarning } from "../processes/outer-proc.ts";

/**
 * The plugin in an ordinary opencode: it supervises.
 *
 * @param lends what it does for agents of other machines; absent where nobody can have one in it
 */
export function hostPlugin(
  input: PluginInput,
  rawOptions: PluginOptions | undefined,
  moduleUrl: string,
  lends?: typeof lentAgents,
): Hooks {
  const host = new HostClient(new Api(inProcess(() => input.client)));
  const { options, warnings } = readOptions(rawOptions, process.env);
  const diagnostics = new Diagnostics(host, options.logLevel);
  // The host answers only once it has the hooks.
  setTimeout(() => diagnostics.open(), 0);
  const refusal = refuse(
    input.directory,
    moduleUrl,
    secretFolderOf(options.stateDir) ?? secretFolderOf(options.logDir),
  );
  if (refusal !== undefined) {
    diagnostics.notice("error", refusal);
    return {};
  }
  const blindness = foreignProcWarning() ?? [];
  for (const warning of [...warnings, blindness].flat()) diagnostics.notice("warning", warning);
  const settings = guardSettings(options);
  const lent = lends?.(input, diagnostics.report);
  const guard = createLoopGuard(settings, { worktree: worktreeOf(input), report: diagnostics.report, ...lent?.guard });
  const { hooks } = new HostSide({ input, moduleUrl, options, host, diagnostics, guard: settings });
  return withRules(input, withLoopGuard(lent === undefined ? hooks : joinHooks(hooks, lent.hooks), guard));
}

/** Why the plugin stays out of this process, or `undefined`. */
function refuse(directory: string, moduleUrl: string, secret: string | undefined): string | undefined {
  if (process.platform === "win32") {
    return "Bizar runs on Linux and macOS; on Windows it stays out. Use it inside WSL.";
  }
  if (secret !== undefined) {
    return `Bizar's stateDir or logDir is under ${secret}, where credentials are kept. Choose another folder; until then Bizar stays out.`;
  }
  const other = [...liveInstances().values()].find(
    (live) => live.directory === directory && live.moduleUrl !== moduleUrl,
  );
  if (other === undefined) return undefined;
  return `Bizar was found twice: ${other.moduleUrl} is in use, ${moduleUrl} stays out. Remove one of them from "plugin" in opencode.json.`;
}

function guardSettings(options: Options): GuardSettings {
  return {
    isEnabled: !options.loopGuardDisabled,
    loopThresholdWarn: options.loopThresholdWarn,
    loopThresholdEscalate: options.loopThresholdEscalate,
    loopThresholdBlock: options.loopThresholdBlock,
    loopWindowSize: options.loopWindowSize,
    loopExemptTools: options.loopExemptTools,
    sessionDir: join(options.stateDir, "sessions"),
    logDir: options.logDir,
    logRotationBytes: options.logRotationBytes,
    logsDisabled: options.logsDisabled,
  };
}
