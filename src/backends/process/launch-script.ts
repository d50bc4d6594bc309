import { PRESENCE } from "../../agent-role/presence.ts";
import { LAUNCHED_VARIABLE, PROBE, ROLE_VARIABLE, THERE } from "../../agent-role/role.ts";
import { SET_UP } from "../set-up-script.ts";
import { MODELS_PATH } from "../../opencode/models-path.ts";
import { MARKER_NAME } from "../../processes/end-tree.ts";

/** What the script is told in its arguments, which everybody there can see: nothing that is private. */
export interface ScriptRequest {
  readonly instanceId: string;
  readonly agent: string;
  /** `shared`: it works in the directory. `git`: in a copy that is made in it, or where it is empty in one of its own. */
  readonly files: "shared" | "git";
  readonly directory: string;
  /** Of copied files: where in them it works, and the ref that comes with them. */
  readonly copy?: { readonly prefix: string; readonly ref: string } | undefined;
  /** The list of models that opencode is to read where it is there too; opencode's own where there is none. */
  readonly modelsPath?: string | undefined;
  /** The version that opencode has to have there; absent: it has been looked at. */
  readonly version: string | undefined;
  /** Where opencode is looked for, in this order: paths, or a name in PATH. */
  readonly binaries: readonly [string, string];
  /** Behind `opencode`; the directory is added there. */
  readonly runArguments: readonly string[];
}

/**
 * The words that run an agent there. Stdin is {@link AS_SCRIPT}, the role, a line feed, and the prompt; where files are copied the prompt is a
 * line of base64, as is what makes them ready, behind the seconds that it may take; the bundle with the files follows.
 */
export function scriptWords({
  instanceId,
  agent,
  files,
  directory,
  copy = { prefix: "", ref: "" },
  modelsPath = "",
  version,
  binaries,
  runArguments,
}: ScriptRequest): string[] {
  const where = [instanceId, directory, version ?? "", ...binaries, agent, copy.prefix, copy.ref, modelsPath];
  return ["sh", "-c", SCRIPTS[files], "bizar", ...where, ...runArguments];
}

/** A shell that these words do not reach whole takes stdin for its script: what a model wrote is not run by it. */
export const AS_SCRIPT = { head: "exit 95 #", exitCode: 95 };
/** Nothing has come over stdin. */
export const NO_STDIN = 96;

const OWN_NAME =
  "GIT_AUTHOR_NAME=Bizar GIT_AUTHOR_EMAIL=bizar@localhost GIT_COMMITTER_NAME=Bizar GIT_COMMITTER_EMAIL=bizar@localhost";
const GIT = "git -c core.hooksPath=/dev/null -c core.fsmonitor=false";

/** So many lines of what has made the files ready are in the log. */
const LOGGED_LINES = 1000;

/** Reads the role, and says that it has begun and where. */
const BEGIN = [
  `IFS= read -r ${ROLE_VARIABLE} || exit ${NO_STDIN}`,
  `${ROLE_VARIABLE}=\${${ROLE_VARIABLE}#*"#"}`,
  `n=\${${ROLE_VARIABLE}#*'"nonce":"'}; n=\${n%%'"'*}`,
  `say() { printf '{"bizar":"%s","place":%s}\\n' "$n" "$1" >&2; }`,
  `word() { printf %s "$1" | tr -cd '0-9A-Za-z._+/-' | cut -c1-200; }`,
  `j=\${SLURM_JOB_ID:-\${PBS_JOBID:-\${LSB_JOBID:-\${JOB_ID:-}}}}`,
  `say "{\\"host\\":\\"$(word "$(uname -n)")\\",\\"job\\":\\"$(word "$j")\\",\\"pid\\":$$,\\"at\\":$(date +%s)}"`,
  `${MARKER_NAME}="\${${MARKER_NAME}:+$${MARKER_NAME}/}$1${THERE}"`,
  `${LAUNCHED_VARIABLE}=$$`,
  `export ${ROLE_VARIABLE} ${LAUNCHED_VARIABLE} ${MARKER_NAME}`,
  `lacks() { say "{\\"lacks\\":\\"$1\\",\\"found\\":\\"$(word "$2")\\"}"; exit 97; }`,
];

/** The second argument, which may begin with the home of there. */
export const HOME_FOR_TILDE = `d=$2; case "$d" in "~") d=$HOME ;; "~"/*) d=$HOME/\${d#??} ;; esac`;

/** The same files are there under the same path; the rest of stdin is the prompt. */
const IN_SHARED_FILES = [
  HOME_FOR_TILDE,
  `cd -- "$d" 2>/dev/null || lacks directory`,
  // What is set there is meant.
  `[ -r "$9" ] && [ -z "$${MODELS_PATH}$OPENCODE_MODELS_URL$OPENCODE_AUTH_CONTENT" ] && export ${MODELS_PATH}="$9"`,
  `exec 3<&0`,
];

/** Makes a copy of the files, or brings the one of an earlier turn up to date; what is older than a week goes. */
const IN_COPIED_FILES = [
  `umask 077`,
  `command -v git >/dev/null 2>&1 || lacks git`,
  `IFS= read -r p`,
  `IFS=' ' read -r T S`,
  SET_UP,
  HOME_FOR_TILDE,
  `d=\${d:-$HOME/.cache/bizar/elsewhere}`,
  `w=$d/$1`,
  `mkdir -p "$w" 2>/dev/null && touch "$w" && cd "$w" || lacks files "$w"`,
  `say "{\\"folder\\":\\"$(word "$w")\\"}"`,
  `find "$d" -maxdepth 1 -name 'bgr_*' -mtime +7 -exec rm -rf {} + 2>/dev/null`,
  `b=$(mktemp) && cat >"$b" || lacks files "$w"`,
  `[ -d .git ] || git init -q --template= . || lacks files "$w"`,
  `${GIT} fetch -q --no-tags "$b" "+$8:refs/bizar/base" && ${GIT} reset -q --hard refs/bizar/base || lacks files "$w"`,
  `mkdir -p "./$7" && cd "./$7" || lacks files "$w"`,
  `if [ -n "$S" ] && [ ! -e "$w/.git/bizar-ready" ]; then ${[
    `still() { say '{"setUp":true}'; }`,
    `printf %s "$S" | base64 -d >"$b" && set_up "$w" "$T" "$b" "$w/.git/bizar-log" still`,
    `sed 's/^/bizar: /' <"$w/.git/bizar-log" | tail -n ${LOGGED_LINES} >&2`,
    `[ "$r" = 0 ] || lacks setUp "$r"`,
    `: >"$w/.git/bizar-ready"`,
  ].join("; ")}; fi`,
  `printf %s "$p" | base64 -d >"$b" || lacks files "$w"`,
  `exec 3<"$b"`,
  `rm -f "$b"`,
];

/** Looks whether everything is there, and runs opencode: as a child, so that somebody is left to tell how it ended. */
const RUN = [
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
  `shift 9`,
  `"$oc" "$@" --dir "$PWD" <&3 3<&- & c=$!`,
  `exec 3<&-`,
  `trap 'kill -TERM $c 2>/dev/null' HUP INT TERM`,
  `wait $c; r=$?`,
  // A signal interrupts the wait, and not what is waited for.
  `while kill -0 $c 2>/dev/null; do wait $c; r=$?; done`,
];

/** Sends back what has changed in a copy: a bundle in base64 on stdout, between two lines. */
const SEND_BACK = [
  `cd "$w" && ${GIT} add -A && t=$(${GIT} write-tree) || lacks files "$w"`,
  `if [ "$t" = "$(git rev-parse 'refs/bizar/base^{tree}')" ]; then say '{"files":"same"}'; else ${[
    `k=$(${OWN_NAME} ${GIT} commit-tree "$t" -p refs/bizar/base -m there) && git update-ref refs/bizar/result "$k" || lacks files "$w"`,
    `printf '\\n{"bizar":"%s","bundle":"begins"}\\n' "$n"`,
    `${GIT} bundle create -q - refs/bizar/result ^refs/bizar/base | base64 | fold -w 3000`,
    `printf '\\n{"bizar":"%s","bundle":"ends"}\\n' "$n"`,
    `say '{"files":"sent"}'`,
  ].join("; ")}; fi`,
];

const END = [`say "{\\"exit\\":$r}"`, `exit $r`];

/** In one line each, for shells of a login that know no other text in quotes. */
const SCRIPTS = {
  shared: [...BEGIN, ...IN_SHARED_FILES, ...RUN, ...END].join("; "),
  git: [...BEGIN, ...IN_COPIED_FILES, ...RUN, ...SEND_BACK, ...END].join("; "),
};
