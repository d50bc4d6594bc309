import type { Hooks, PluginInput } from "../opencode/plugin-api.ts";
import { mimirBash } from "../host/agents/mimir-bash.ts";
import { joinHooks } from "./join-hooks.ts";
import { worktreeOf } from "../opencode/worktree-of.ts";

/** Puts the rules of provided agents first: what they refuse has been tried by nobody, and counts for no loop. */
export function withRules(input: PluginInput, hooks: Hooks): Hooks {
  return joinHooks(mimirBash({ directory: input.directory, project: worktreeOf(input) }), hooks);
}
