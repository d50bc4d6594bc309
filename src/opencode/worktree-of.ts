/** The folder that paths are told from: the worktree, or the directory where there is none. */
export function worktreeOf({ worktree, directory }: { readonly worktree: string; readonly directory: string }): string {
  return worktree === "/" ? directory : worktree;
}
