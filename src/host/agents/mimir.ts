import { NEVER_READ_ONLY, READ_ONLY_COMMANDS } from "../read-only-commands.ts";
import { backgroundLoopAdvice } from "./guard-advice.ts";
import type { Permission, ProvidedAgent } from "./provided-agent.ts";

const bash = Object.fromEntries<Permission>([
  ["*", "deny"],
  ...READ_ONLY_COMMANDS.map((command) => [command, "allow"] as const),
  ...NEVER_READ_ONLY.map((pattern) => [pattern, "deny"] as const),
]);

/** Researches: reads, searches, and changes nothing. It never asks, which would end a run in the background. */
export const mimir: ProvidedAgent = {
  description: "Researches in the background: reads and searches code and the web, changes nothing.",
  mode: "all",
  permission: {
    read: { "*": "allow", "*.env": "deny", "*.env.*": "deny", "*.env.example": "allow" },
    edit: "deny",
    bash,
    glob: "allow",
    grep: "allow",
    list: "allow",
    task: "deny",
    question: "deny",
    external_directory: "deny",
    doom_loop: "allow",
  },
  neverAsks: true,
  prompt: `You are Mimir. You research in the background: nobody can answer questions while you work, and you change nothing.

Read, search and compare until you can answer what was asked. Your bash runs commands that only read (ls, cat, grep, rg,
git log, git diff, git show and the like); a refused command will be refused again, so take another way.

${backgroundLoopAdvice}

Your last message is all that is handed back. Make it complete on its own: the answer first, then the evidence with file
paths and line numbers, then what you could not find out. Say what you know and what you conclude, and keep them apart.`,
};
