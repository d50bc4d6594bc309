import { expect, test } from "bun:test";
import { commandTakingBack } from "../../../src/host/shell/takes-back.ts";

test.each([
  ["git stash", "git stash"],
  ["git stash; bun test; git stash pop", "git stash"],
  ["cd x && git -C . stash", "git stash"],
  ['sh -c "git stash"', "git stash"],
  ["bash -lc 'cd x && git checkout -- .'", "git checkout"],
  ["env git stash", "git stash"],
  ["env -i FOO=1 timeout 5 git reset --hard", "git reset"],
  ["(cd x; git restore .)", "git restore"],
  ["{ git clean -fd; }", "git clean"],
  ["if true; then git switch main; fi", "git switch"],
  ["for f in a b; do git checkout $f; done", "git checkout"],
  ["x=$(git stash)", "git stash"],
  ['echo "$(git rebase main)"', "git rebase"],
  ["GIT_PAGER=cat /usr/bin/git --no-pager -c a.b=c rebase main", "git rebase"],
  ["bun test || git stash pop", "git stash"],
  ["git diff | git stash push", "git stash"],
  ["eval git stash", "git stash"],
  ["ls | xargs git checkout --", "git checkout"],
  ["f() { git reset --hard; }; f", "git reset"],
])("%s", async (line, found) => {
  expect(await commandTakingBack(line)).toBe(found);
});

test.each([
  "git stash list",
  "git stash show -p",
  "git checkout --help",
  "git clean -n",
  "git clean -nfd",
  "git clean --dry-run",
  "git status && git diff",
  "git commit -m 'stash the cash'",
  "git log --grep checkout",
  "git help stash",
  "echo git stash",
  "grep -rn 'git stash' docs",
  "ls git stash",
  "git show HEAD:src/reset.ts",
  "git worktree add --detach ../base HEAD",
])("%s passes", async (line) => {
  expect(await commandTakingBack(line)).toBeUndefined();
});
