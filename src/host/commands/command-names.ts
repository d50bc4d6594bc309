/** The slash commands of the plugin, with what the UI shows beside them. */
export const COMMANDS = {
  plan: "Visual plans: new, list, open, status, comment, comments, export, delete",
  "visual-plan": "Have the agent draw a plan first and wait for you: on, off, status",
  bizar: "Background agents: list, logs, kill, allow, deny, diff, apply, branch, discard, help",
} as const;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
