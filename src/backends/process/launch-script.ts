import { PRESENCE } from "../../agent-role/presence.ts";
import { LAUNCHED_VARIABLE, PROBE, ROLE_VARIABLE, THERE } from "../../agent-role/role.ts";
import { MARKER_NAME } from "../../processes/end-tree.ts";

/** What the script is told in its arguments, which everybody there can see: nothing that is private. */
export interface ScriptRequest {
  readonly instanceId: string;
  readonly agent: string;
  readonly directory: string;
  /** The version that opencode has to have there; absent: it has been looked at. */
  readonly version: string | undefined;
  /** Where opencode is looked for, in this order: paths, or a name in PATH. */
  readonly binaries: readonly [string, string];
  /** Behind `opencode`; the directory is added there. */
  readonly runArguments: readonly string[];
}

/** The words that run an agent there; stdin is the role, a line feed, and the prompt. */
export function scriptWords({
  instanceId,
  agent,
  directory,
  version,
  binaries,
  runArguments,
}: ScriptRequest): string[] {
  return ["sh", "-c", SCRIPT, "bizar", instanceId, directory, version ?? "", ...binaries, agent, ...runArguments];
}

/**
 * Reads the role, says that it has begun and where, looks whether everything is there, and runs opencode: as a child, so
 * that somebody is left to tell how it ended. In one line, for shells of a login that know no other text in quotes.
 */
const SCRIPT = [
  `IFS= read -r ${ROLE_VARIABLE} || exit 96`,
  `n=\${${ROLE_VARIABLE}#*'"nonce":"'}; n=\${n%%'"'*}`,
  `say() { printf '{"bizar":"%s","place":%s}\\n' "$n" "$1" >&2; }`,
  `word() { printf %s "$1" | tr -cd '0-9A-Za-z._+-' | cut -c1-80; }`,
  `j=\${SLURM_JOB_ID:-\${PBS_JOBID:-\${LSB_JOBID:-\${JOB_ID:-}}}}`,
  `say "{\\"host\\":\\"$(word "$(uname -n)")\\",\\"job\\":\\"$(word "$j")\\",\\"pid\\":$$,\\"at\\":$(date +%s)}"`,
  `${MARKER_NAME}="\${${MARKER_NAME}:+$${MARKER_NAME}/}$1${THERE}"`,
  `${LAUNCHED_VARIABLE}=$$`,
  `export ${ROLE_VARIABLE} ${LAUNCHED_VARIABLE} ${MARKER_NAME}`,
  `lacks() { say "{\\"lacks\\":\\"$1\\",\\"found\\":\\"$(word "$2")\\"}"; exit 97; }`,
  `cd -- "$2" 2>/dev/null || lacks directory`,
  `oc=`,
  `for c in "$4" "$5" "$HOME/.opencode/bin/opencode"; do command -v "$c" >/dev/null 2>&1 && { oc=$c; break; }; done`,
  `[ -n "$oc" ] || lacks opencode`,
  `if [ -n "$3" ]; then ${[
    `v=$("$oc" --version 2>/dev/null </dev/null)`,
    `[ "$v" = "$3" ] || lacks version "$v"`,
    `l=$(${ROLE_VARIABLE}=${PROBE} "$oc" agent list 2>&1 </dev/null)`,
    `case "$l" in *${PRESENCE}*) ;; *) lacks plugin ;; esac`,
    `printf '%s\\n' "$l" | grep -qF -- "$6 (" || lacks agent`,
  ].join("; ")}; fi`,
  `shift 6`,
  `exec 3<&0`,
  `"$oc" "$@" --dir "$PWD" <&3 3<&- & c=$!`,
  `exec 3<&-`,
  `trap 'kill -TERM $c 2>/dev/null' HUP INT TERM`,
  `wait $c; r=$?`,
  // A signal interrupts the wait, and not what is waited for.
  `while kill -0 $c 2>/dev/null; do wait $c; r=$?; done`,
  `say "{\\"exit\\":$r}"`,
  `exit $r`,
].join("; ");
