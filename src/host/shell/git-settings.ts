/** A setting of git: its name, and its value. */
export type NamedSetting = readonly [name: string, value: string];

/** Shows a difference as git would, in the place of a program that is configured for it. An empty one would be an error. */
export const PLAIN_DIFF = 'f() { diff -u -L "a/$1" -L "b/$1" "$2" "$5"; true; }; f';

/**
 * What git is told, so that it runs no program that a folder's configuration or an earlier command has named, and no
 * repository counts that lies in a repository as plain files (git 2.38 on).
 */
const SETTINGS: readonly NamedSetting[] = [
  ["safe.bareRepository", "explicit"],
  ["core.fsmonitor", "false"],
  ["core.hooksPath", "/dev/null"],
  ["core.pager", "cat"],
  ["core.alternateRefsCommand", ""],
  ["log.showSignature", "false"],
  ["log.diffMerges", "separate"],
  // Otherwise git diff writes down what it has found unchanged.
  ["diff.autoRefreshIndex", "false"],
  ["gpg.program", "false"],
  ["gpg.openpgp.program", "false"],
  ["gpg.ssh.program", "false"],
  ["gpg.x509.program", "false"],
  // Which filters a submodule has, its own configuration says: it is not looked into.
  ["status.submoduleSummary", "false"],
  ["diff.submodule", "short"],
  ["diff.ignoreSubmodules", "all"],
];

/** The same for what is no setting: nothing is fetched, no lock is taken, and no options are taken from elsewhere. */
const VARIABLES: Readonly<Record<string, string>> = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_NO_LAZY_FETCH: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_PAGER: "cat",
  RIPGREP_CONFIG_PATH: "",
  // Otherwise patterns may mean more than they say.
  BASHOPTS: "",
};

/**
 * The environment in which commands that only read do only that.
 *
 * @param before the environment that they would have: settings in it stay, and these come last, which counts
 * @param more settings of the folder in which they run
 */
export function readingEnvironment(
  before: NodeJS.ProcessEnv,
  more: readonly NamedSetting[] = [],
): Record<string, string> {
  const environment: Record<string, string> = { ...VARIABLES };
  let count = Number(before["GIT_CONFIG_COUNT"] ?? 0) || 0;
  for (const [name, value] of [...SETTINGS, ...more]) {
    environment[`GIT_CONFIG_KEY_${count}`] = name;
    environment[`GIT_CONFIG_VALUE_${count}`] = value;
    count += 1;
  }
  environment["GIT_CONFIG_COUNT"] = String(count);
  if (before["GIT_EXTERNAL_DIFF"] !== undefined) environment["GIT_EXTERNAL_DIFF"] = PLAIN_DIFF;
  return environment;
}
