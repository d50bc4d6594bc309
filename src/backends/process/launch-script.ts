import { PRESENCE } from "../../agent-role/presence.ts";
import { LAUNCHED_VARIABLE, PROBE, ROLE_VARIABLE, THERE } from "../../agent-role/role.ts";
import { gitThere, OWN_NAME_THERE } from "../git-there.ts";
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
 * The words that run an agent there. Stdin is {@link AS_SCRIPT}, the role, a line feed, and the prompt. Where files are copied the prompt is a
 * line of base64, then follow a line with the commit that has come back from there last (or `-`), the seconds that making them
 * ready may take, and what does that, in base64; then the bundle with the files.
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

/**
 * Files are there byte for byte as git has them, under whatever rules of that machine. What LFS holds does not travel: there its
 * files are what git has of them, and what the agent puts into their place comes back whole.
 */
const GIT = gitThere(
  ...["core.quotePath=false", "core.autocrlf=false", "protocol.file.allow=always"],
  ...["process=", "smudge=", "clean=", "required=false"].map((setting) => `filter.lfs.${setting}`),
);

/** So many lines of what has made the files ready are in the log. */
const LOGGED_LINES = 1000;
/** So many things that were left there are told. */
const LEFT_LINES = 20;

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

/**
 * `take` makes a commit, `k`, of all that is in a copy, on what it was made of: with an index of its own, since the agent's
 * may be locked, or gone. `set_up` has taken small letters. What cannot be taken is in `$G/bizar-left`: repositories inside, and what is not readable.
 */
const TAKE = [
  `indexed() { GIT_INDEX_FILE=$G/bizar-index ${GIT} --git-dir="$G" --work-tree="$w" "$@"; }`,
  `take() { ${[
    `cd "$w" && rm -f "$G"/bizar-index*`,
    `cp "$G/index" "$G/bizar-index" 2>/dev/null; indexed ls-files >/dev/null 2>&1 || { rm -f "$G/bizar-index" && indexed read-tree refs/bizar/base; } || return`,
    `indexed ls-files -o --exclude-standard -- "*/" >"$G/bizar-left" || return`,
    `indexed add -A --ignore-errors . 2>"$G/bizar-said"`,
    `sed 's|/$||' <"$G/bizar-left" | indexed update-index --force-remove --stdin || return`,
    `grep -i denied <"$G/bizar-said" >>"$G/bizar-left"`,
    `t=$(indexed write-tree) && k=$(${OWN_NAME_THERE} git --git-dir="$G" commit-tree "$t" -p refs/bizar/base -m there)`,
  ].join("; ")}; }`,
];

/**
 * Makes a copy of the files, or brings the one of an earlier turn up to date, with what that has left there where it has not
 * come back; what is older than a week goes. `refs/bizar/kept` is such work as long as it is not among the files again.
 */
const IN_COPIED_FILES = [
  `umask 077`,
  `command -v git >/dev/null 2>&1 || lacks git`,
  // As a hook of git has set them where it has started all this: they name another repository.
  `unset $(git rev-parse --local-env-vars)`,
  `IFS= read -r p`,
  `IFS=' ' read -r C T S`,
  SET_UP,
  HOME_FOR_TILDE,
  `d=\${d:-$HOME/.cache/bizar/elsewhere}`,
  `w=$d/$1`,
  `at() { say "{\\"folder\\":\\"$(printf %s "$w" | base64 | tr -d '\\n')\\"}"; }`,
  `at`,
  `mkdir -p "$w" && touch "$w" && cd "$w" || lacks files`,
  `w=$PWD`,
  `G=$w/.git`,
  `at`,
  `[ ! -e "$w.begun" ] || touch "$w.begun"`,
  `find "\${w%/*}" -maxdepth 1 -name 'bgr_*' -mtime +7 -exec rm -rf {} + 2>/dev/null`,
  `b=$(mktemp) && cat >"$b" || lacks files`,
  `known() { git --git-dir="$G" rev-parse -q --verify "refs/bizar/$1" 2>/dev/null; }`,
  // Without what git knew of them, the files are all that is left.
  `m=--hard; [ -d .git ] || [ ! -e "$w.begun" ] || m=--mixed`,
  `[ -d .git ] || { GIT_DEFAULT_HASH=sha1 git init -q --template= $(head -n 2 "$b" | sed -n 's/^@object-format=/--object-format=/p') . && git config core.autocrlf false; } || lacks files`,
  ...TAKE,
  `rm -f "$G/index.lock"; ${GIT} ls-files >/dev/null 2>&1 || rm -f "$G/index"`,
  // What has come back is no matter of there any more: what was removed here goes there as well.
  `[ -z "$C" ] || [ "$(known result)" != "$C" ] || { ${GIT} read-tree "$C" && rm -f "$w.begun"; } || lacks files`,
  // One that was cut off over this has left the files as they happened to be.
  `k=$(known kept)`,
  `[ -n "$k" ] || [ $m = --mixed ] || [ ! -e "$w.begun" ] || { take && ${GIT} update-ref refs/bizar/kept "$k"; } || lacks files`,
  `[ -z "$k" ] || ${GIT} reset -q --hard "$k" || lacks files`,
  `${GIT} fetch -q --no-tags "$b" "+$8:refs/bizar/base" && ${GIT} reset -q $m refs/bizar/base || lacks files`,
  // Where both changed the same place there are markers.
  `[ -z "$k" ] || ${OWN_NAME_THERE} ${GIT} cherry-pick -n "$k" >/dev/null 2>&1`,
  `mkdir -p "./$7" && cd "./$7" || lacks files`,
  `if [ -n "$S" ] && [ ! -e "$G/bizar-ready" ]; then ${[
    `still() { say '{"setUp":true}'; }`,
    `printf %s "$S" | base64 -d >"$b" && set_up "$w" "$T" "$b" "$G/bizar-log" still`,
    `sed 's/^/bizar: /' <"$G/bizar-log" | tail -n ${LOGGED_LINES} >&2`,
    `[ "$r" = 0 ] || lacks setUp "$r"`,
    `: >"$G/bizar-ready"`,
  ].join("; ")}; fi`,
  `printf %s "$p" | base64 -d >"$b" && : >"$w.begun" || lacks files`,
  `for r in kept result; do ${GIT} --git-dir="$G" update-ref -d "refs/bizar/$r"; done`,
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

/**
 * Sends back what has changed in a copy: a bundle in base64 on stdout, between two lines. Whether it arrives is known there in the
 * next turn.
 */
const SEND_BACK = [
  `send() { ${[
    `take || return`,
    `[ ! -s "$G/bizar-left" ] || say "{\\"left\\":\\"$(head -n ${LEFT_LINES} "$G/bizar-left" | base64 | tr -d '\\n')\\"}"`,
    `if [ "$t" = "$(indexed rev-parse 'refs/bizar/base^{tree}')" ]; then rm -f "$w.begun"; say '{"files":"same"}'; return; fi`,
    `indexed update-ref refs/bizar/result "$k" || return`,
    `printf '\\n{"bizar":"%s","bundle":"begins"}\\n' "$n"`,
    `indexed bundle create -q - refs/bizar/result ^refs/bizar/base | base64 | fold -w 3000`,
    `printf '\\n{"bizar":"%s","bundle":"ends"}\\n' "$n"`,
    `say '{"files":"sent"}'`,
  ].join("; ")}; }`,
  `send`,
];

const END = [`say "{\\"exit\\":$r}"`, `exit $r`];

/** In one line each, for shells of a login that know no other text in quotes. */
const SCRIPTS = {
  shared: [...BEGIN, ...IN_SHARED_FILES, ...RUN, ...END].join("; "),
  git: [...BEGIN, ...IN_COPIED_FILES, ...RUN, ...SEND_BACK, ...END].join("; "),
};
