/**
 * git for the files of an agent elsewhere, whatever the user there has set up for their own repositories: no hook, no
 * watcher, nothing that hides a file from what comes back, or writes another one in its place (nbstripout for all notebooks).
 *
 * @param more settings
 */
export function gitThere(...more: string[]): string {
  const settings = ["core.hooksPath=/dev/null", "core.fsmonitor=false", "core.safecrlf=false"].concat(
    ["core.excludesFile=/dev/null", "core.attributesFile=/dev/null"],
    more,
  );
  return settings.reduce((command, setting) => `${command} -c ${setting}`, "git");
}

/** Commits that nobody sees need no name of the user's, who may have set none there. */
export const OWN_NAME_THERE =
  "GIT_AUTHOR_NAME=Bizar GIT_AUTHOR_EMAIL=bizar@localhost GIT_COMMITTER_NAME=Bizar GIT_COMMITTER_EMAIL=bizar@localhost";
