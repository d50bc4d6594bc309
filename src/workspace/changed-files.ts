import { git, gitFailure, listOf, type GitPlace } from "./git.ts";
import { done, type Result } from "./result.ts";

/** One file that is not the same in two trees. */
export interface ChangedFile {
  readonly path: string;
  /** What a renamed file was called. */
  readonly oldPath?: string;
  readonly kind: "added" | "changed" | "deleted" | "renamed";
  /** The object that it is now; all zeroes where it is gone. */
  readonly id: string;
  readonly insertions: number;
  readonly deletions: number;
  readonly isBinary: boolean;
}

const WITHOUT_HELP = ["--no-ext-diff", "--no-textconv", "--no-color"];
const KINDS: Readonly<Record<string, ChangedFile["kind"]>> = { A: "added", D: "deleted", R: "renamed" };

/** What differs between two trees, file by file, in the order of their paths. */
export async function changedFiles(place: GitPlace, from: string, to: string): Promise<Result<ChangedFile[]>> {
  const options = ["-r", "-z", "--raw", "--numstat", "-M", "--no-abbrev", ...WITHOUT_HELP];
  const run = await git(place, ["diff-tree", ...options, from, to]);
  return run.code === 0 ? done(parseFiles(listOf(run))) : gitFailure("The changed files could not be listed", run);
}

/** @param words what `git diff-tree -z --raw --numstat` prints: all states, then all counts */
function parseFiles(words: readonly string[]): ChangedFile[] {
  const counts = new Map<string, Pick<ChangedFile, "insertions" | "deletions" | "isBinary">>();
  const states: Omit<ChangedFile, "insertions" | "deletions" | "isBinary">[] = [];
  let at = 0;
  const next = () => words[at++] ?? "";
  while (at < words.length) {
    const word = next();
    if (word.startsWith(":")) {
      const [, , , id = "", letter = ""] = word.split(" ");
      const kind = KINDS[letter[0] ?? ""] ?? "changed";
      const oldPath = kind === "renamed" ? { oldPath: next() } : {};
      states.push({ path: next(), ...oldPath, kind, id });
      continue;
    }
    const [, added = "", removed = "", path = ""] = /^(\d+|-)\t(\d+|-)\t(.*)$/s.exec(word) ?? [];
    // Of a renamed file both names follow, in words of their own.
    const named = path === "" ? (next(), next()) : path;
    const isBinary = added === "-";
    counts.set(named, { insertions: Number(added) || 0, deletions: Number(removed) || 0, isBinary });
  }
  const none = { insertions: 0, deletions: 0, isBinary: false };
  return states.map((state) => ({ ...state, ...(counts.get(state.path) ?? none) }));
}

/** What differs in one file between two trees, as a patch for people. */
export async function filePatch(
  place: GitPlace,
  { from, to }: { readonly from: string; readonly to: string },
  { path, oldPath }: Pick<ChangedFile, "path" | "oldPath">,
): Promise<Result<Uint8Array>> {
  const plain = [...WITHOUT_HELP, "--full-index", "--src-prefix=a/", "--dst-prefix=b/"];
  const paths = oldPath === undefined ? [path] : [oldPath, path];
  const run = await git(place, ["diff-tree", "-r", "-p", "-M", ...plain, from, to, "--", ...paths], {
    environment: { GIT_LITERAL_PATHSPECS: "1" },
  });
  return run.code === 0 ? done(run.stdout) : gitFailure("The changes of a file could not be read", run);
}
