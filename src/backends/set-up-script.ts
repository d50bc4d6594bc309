/** What makes a fresh copy of an agent's files ready, where they are copied to: the option `worktreeSetup`. */
export interface SetUpThere {
  /** For the shell. */
  readonly command: string;
  readonly limitMs: number;
}

/** How many looks a second whether it has ended, and after how many of them it is asked whether somebody is left. */
const LOOKS = { aSecond: 2, between: 4 };

/**
 * A function of `sh`, in one line: runs the file $3 in the folder $1 for at most $2 seconds. What it prints is in the file
 * $4 afterwards; `r` is the code that it has ended with, or `late`. `$5` is asked every 2 s while it runs: where that fails
 * nobody is left. What ends it so, or by a signal, ends all that it has started as well.
 */
export const SET_UP = [
  `set_up() { g=; s=; command -v setsid >/dev/null 2>&1 && { g=-; s=setsid; }`,
  `(cd "$1" && BIZAR_FOLDER=$1 exec $s sh "$3") </dev/null >"$4" 2>&1 & c=$!; k=; i=0`,
  // What it is started with it hands on: a broken pipe is for this shell alone to be heard of.
  `trap '' PIPE; trap 'kill -KILL $g$c 2>/dev/null; exit 98' HUP INT TERM`,
  `while kill -0 $c 2>/dev/null; do i=$((i+1))`,
  `[ $i -gt $(($2*${LOOKS.aSecond})) ] && { k=late; break; }`,
  `[ $((i%${LOOKS.between})) -ne 0 ] || $5 || { k=alone; break; }`,
  `sleep ${1 / LOOKS.aSecond}; done`,
  `[ -z "$k" ] || kill -KILL $g$c 2>/dev/null`,
  `wait $c; r=\${k:-$?}; trap - PIPE HUP INT TERM; }`,
].join("; ");
