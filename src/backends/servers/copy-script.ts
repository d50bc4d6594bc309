import { gitThere, OWN_NAME_THERE } from "../git-there.ts";
import { SET_UP, type SetUpThere } from "../set-up-script.ts";
import { shellText } from "../shell-text.ts";

/** opencode has filled the working tree there, under the rules of there for line ends and LFS. */
const GIT = gitThere();
const MARK = "bizar:";
/** So many lines of what has made a working tree ready are in the log: opencode cuts what is longer. */
const LOGGED_LINES = 100;
/** What comes back is files of the working tree for a moment, since only those can be read from outside: numbered parts. */
export const BUNDLE = ".bizar-bundle";
/** Of each part: what is read from a server is in memory several times over. */
const PART_BYTES = 4_194_304;

/** Says something to whoever has sent the script, among what else the shell there prints. */
const SAY = `say() { printf '\\n${MARK}%s\\n' "$1"; }`;

/**
 * Looks whether a commit is known, and whether the working tree of an earlier turn is there.
 * $1: the commit; $2: the name of the working tree; $3: `fetch` where the commit may be fetched.
 */
const LOOK = [
  SAY,
  `w=$(git worktree list --porcelain | sed -n "s|^worktree \\(.*/$2\\)\\$|\\1|p" | head -n 1)`,
  `[ -n "$w" ] && say "old $w"`,
  `[ -n "$w" ] && [ -e "$(git -C "$w" rev-parse --absolute-git-dir)/bizar-begun" ] && rm -f "$w"/${BUNDLE}* && say begun`,
  `known() { git cat-file -e "$1^{commit}" 2>/dev/null; }`,
  `if ! known "$1" && [ "$3" = fetch ]; then f=$(GIT_TERMINAL_PROMPT=0 ${GIT} fetch -q --all 2>&1 </dev/null) || say "fetch $(printf %s "$f" | tail -n 1)"; fi`,
  `if known "$1"; then say known; else say unknown; fi`,
];

/** Brings a fresh working tree to a commit. $1: the working tree; $2: the commit. */
const RESET = [
  SAY,
  `cd "$1" && ${GIT} reset -q --hard "$2" && printf %s "$2" >"$(git rev-parse --absolute-git-dir)/bizar-base" && say reset`,
];

/**
 * Makes a fresh working tree ready.
 * $1: the working tree; $2: the seconds that it may take; $3: the command, in base64.
 */
const MAKE_READY = [
  SAY,
  SET_UP,
  `h=$(cd "$1" && git rev-parse --absolute-git-dir) || exit`,
  `printf %s "$3" | base64 -d >"$h/bizar-set-up" && set_up "$1" "$2" "$h/bizar-set-up" "$h/bizar-log" :`,
  `tail -n ${LOGGED_LINES} <"$h/bizar-log" | cut -c1-500 | sed 's/^/${MARK}line /'`,
  `say "ready $r"`,
];

/**
 * The files are there: from now on there is work in it. $1: the working tree; $2: where in it the agent works; $3: the tree
 * that they are here.
 */
const BEGIN = [
  SAY,
  `cd "$1" && mkdir -p "./$2" && printf %s "$3" >"$(git rev-parse --absolute-git-dir)/bizar-begun" && say begun`,
];

/**
 * Ends what an agent has left running in its working tree, and packs all that it has made of it, committed or not.
 * $1: the working tree; $2: so many bytes may come of it.
 */
const PACK = [
  SAY,
  `w=$(cd "$1" && pwd -P) || exit`,
  `for p in /proc/[0-9]*; do c=$(readlink "$p/cwd" 2>/dev/null) || continue; case "$c" in "$w"|"$w"/*) say "ended \${p#/proc/} $(tr '\\0' ' ' <"$p/cmdline" 2>/dev/null | cut -c1-500)"; kill -9 "\${p#/proc/}" 2>/dev/null ;; esac; done`,
  `cd "$w" && g=$(git rev-parse --absolute-git-dir) && b=$(cat "$g/bizar-base") || exit`,
  `say "from $(cat "$g/bizar-begun")"; rm -f ${BUNDLE}* "$g"/bizar-part-*`,
  `cp "$g/index" "$g/bizar-index" && export GIT_INDEX_FILE="$g/bizar-index"`,
  `${GIT} add -A && ${GIT} rm -r -q --cached --ignore-unmatch plans && t=$(${GIT} write-tree) || exit`,
  `k=$(${OWN_NAME_THERE} ${GIT} commit-tree "$t" -p "$b" -m there) && git update-ref refs/worktree/bizar "$k" || exit`,
  `${GIT} bundle create -q "$g/bizar-bundle" refs/worktree/bizar "^$b" || exit`,
  `[ "$(wc -c <"$g/bizar-bundle")" -le "$2" ] || { say large; exit; }`,
  `split -b ${PART_BYTES} -a 3 "$g/bizar-bundle" "$g/bizar-part-" && rm -f "$g/bizar-bundle" || exit`,
  `i=0; for p in "$g"/bizar-part-*; do base64 <"$p" >${BUNDLE}-$i && rm -f "$p" || exit; i=$((i+1)); done`,
  `say "packed $i"`,
];

/**
 * opencode hands a command to a login shell as a text in double quotes, which expands whatever has a dollar in it, and then
 * evaluates what comes of that: this one has no letter that means something to any shell.
 */
function script(lines: readonly string[], ...words: string[]): string {
  const text = [shellText(["set", "--", ...words]), ...lines].join("\n");
  return `printf %s ${Buffer.from(text).toString("base64")} | base64 -d | sh`;
}

/** Makes a file with a text, $1, which is to be read from outside. */
const DOCTOR = [
  SAY,
  `g=$(git --version 2>/dev/null) && say "git $g"`,
  `f=.bizar-doctor-$$; printf %s "$1" >"$f" && say "file $f"`,
];

export const copyScripts = {
  look: (commit: string, name: string, fetch: boolean) => script(LOOK, commit, name, fetch ? "fetch" : ""),
  reset: (copy: string, commit: string) => script(RESET, copy, commit),
  ready: (copy: string, { command, limitMs }: SetUpThere) =>
    script(MAKE_READY, copy, `${Math.ceil(limitMs / 1000)}`, Buffer.from(command).toString("base64")),
  begin: (copy: string, prefix: string, tree: string) => script(BEGIN, copy, prefix, tree),
  doctor: (text: string) => script(DOCTOR, text),
  forget: (path: string) => script([`rm -f -- "$1"`], path),
  pack: (copy: string, mostBytes: number) => script(PACK, copy, `${mostBytes}`),
};

/** What a script has said, each with what stood behind its word. */
export function saidBy(output: string): ReadonlyMap<string, readonly string[]> {
  const said = new Map<string, string[]>();
  for (const line of output.split("\n")) {
    if (!line.startsWith(MARK)) continue;
    const [word = "", ...rest] = line.slice(MARK.length).trimEnd().split(" ");
    said.set(word, [...(said.get(word) ?? []), rest.join(" ")]);
  }
  return said;
}
