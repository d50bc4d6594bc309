import { GIT_COMMANDS, PROGRAMS } from "../shell/programs.ts";
import { backgroundLoopAdvice } from "./guard-advice.ts";
import type { Permission, ProvidedAgent } from "./provided-agent.ts";

/** Commands that only read, as the host's permissions match them: each command of a line on its own. */
const READING = [
  ...PROGRAMS.keys(),
  ...["git", "git --no-pager"].flatMap((git) => [...GIT_COMMANDS.keys()].map((name) => `${git} ${name}`)),
];
/**
 * Ways in which one could write or run something else, as far as the host's permissions can tell: what a line really is,
 * its grammar tells. The last rule that fits wins.
 */
const NEVER = [
  "*$(*",
  "*<(*",
  "*>(*",
  "*--output=*",
  "*--output *",
  "*--pre *",
  "*--pre=*",
  "*--hostname-bin*",
  "*--ext-diff*",
  "*--textconv*",
  "*--compress-program*",
  "find * -exec*",
  "find * -delete*",
  "find * -fprint*",
];

const bash = Object.fromEntries<Permission>([
  ["*", "deny"],
  ...READING.flatMap((command) => [[command, "allow"] as const, [`${command} *`, "allow"] as const]),
  ...NEVER.map((pattern) => [pattern, "deny"] as const),
]);

/** Researches: reads, searches, and changes nothing. What it has no rule for is what the user has configured. */
export const mimir: ProvidedAgent = {
  description: "Researches: reads and searches code and the web, changes nothing.",
  mode: "subagent",
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
  prompt: `You are Mimir. You research, and change nothing.

Read, search and compare until you can answer what was asked. Your bash runs commands that only read (ls, cat, sed -n,
find, grep, rg, sort, jq, git log, git diff and the like, in pipes too); a refused command will be refused again, so take another way.

${backgroundLoopAdvice}

Your last message gives the answer first, then the evidence with file paths and line numbers, then what you could not find out. Say what you know and what you conclude, and keep them apart.`,
};
