import { describe, expect, test } from "bun:test";
import { isReadOnly } from "../../src/host/read-only-commands.ts";

describe("a bash line only reads", () => {
  test.each([
    "ls",
    "ls -la src",
    "ls ~/src *.ts src/{a,b}/*.test.ts",
    "pwd; ls",
    "cd src && ls",
    "cat a && git status",
    "cat 'a b' \"c d\" e\\ f",
    "cat a\ncat b\n",
    "head -50 a",
    "tail -n +5 a",
    "wc -l < a",
    "wc -l<a | cat",
    "stat a; du -sh .",
    "file -b Cargo.toml",
    "grep -rn x . | wc -l",
    "grep -E 'a|b$' a || grep \"c$\" a",
    'grep -n "=> {" a',
    "grep -rn 'a > b; rm $(x) `y`' src",
    "grep -rn --include=*.{ts,tsx} x src",
    "grep -- --output a",
    "grep x$ a",
    "rg -n --pretty --hidden 'foo\\(' -g '*.ts' src",
    "git log --oneline | head",
    "git log --oneline -5; pwd",
    "git log --pretty=format:'%h %s' --since='2 days ago' main..HEAD -- src",
    "git log -SFOO -p",
    "git diff HEAD~1 -- a | head -5",
    "git diff --stat --no-ext-diff @{u}.. HEAD@{1}",
    "git show HEAD:src/a.ts | grep -n x",
    "git show stash@{0}",
    "git blame -L 1,5 a",
    "git ls-files | wc",
    "git status --porcelain",
  ])("%j", (line) => expect(isReadOnly(line)).toBe(true));
});

describe("a bash line may do more than read", () => {
  test.each([
    ["nothing at all", ["", " ", "ls ||", "ls ;; ls", "; ls"]],
    ["another command", ["rm a", "ls; rm a", "ls\nrm a", "grep x a || touch b", "cat a | tee b", "git push", "git"]],
    ["one that runs another", ["env ls", "nice ls", "timeout 5 ls", "xargs ls", "command ls", "eval ls", "sh -c ls"]],
    ["one that can write or run", ["find . -delete", "find . -exec rm {} ;", "sort -o a a", "sed -i s/a/b/ c"]],
    ["a program of a language", ["sed w\\ b a", "awk 'BEGIN{system(\"rm a\")}'", "perl -e 1"]],
    ["an assignment", ["PATH=. ls", "GIT_EXTERNAL_DIFF=./x git diff", "export PATH=.; ls", "X=1; ls"]],
    ["one in the background", ["ls & rm a", "ls &", "ls |& rm a"]],
    ["output to a file", ["cat a > b", "cat a>>b", "cat a >| b", "cat a 2>b", "cat a &>b", "cat a <> b", "> b"]],
    ["a group", ["{ cat a; } > b", "{ ls; }", "(ls)", "for i in 1; do ls; done", "if ls; then ls; fi", "! ls"]],
    ["a function", ["ls() { rm a; }; ls", "function ls { rm a; }"]],
    ["a substitution", ["ls $(rm a)", "ls `rm a`", 'ls "$(rm a)"', 'ls "`rm a`"', "ls <(rm a)", "ls $((a[$(rm a)]))"]],
    ["a here-document", ["cat <<X\nX\nrm a", "cat <<-X", "cat <<< a"]],
    ["a variable", ["ls $X", 'ls "$X"', 'ls "${X}"', "git diff --out$X''put=b", "git diff --out${X}put=b", 'ls "$@"']],
    ["a quote for C", ["git diff $'--out\\x70ut=b'", "ls $'\\''; rm a; ls '"]],
    ["a quote for the language", ['ls $"a"']],
    ["half a quote", ["ls 'a", 'ls "a', "ls \\"]],
    ["a line that goes on", ["ls \\\nrm", "gi\\\nt push"]],
    ["a comment, which may hold half a quote", ["ls # 'x\nrm a\n# '"]],
    ["a command behind its input", ["< ls rm a", "git < log push", "ls <", "ls < < a", "ls < | cat"]],
    ["braces that may be an option", ["git diff --out{put=a,put=b}", "git diff {--output=a,b}", "rg ''{--pre=a,b}"]],
    ["a pattern that may be an option", ["git diff --out?ut=a", "git diff -[-]output=a"]],
    ["git with an output", ["git diff --output=a", "git log --output a", "git show --outpu=a"]],
    ["git with a quoted option", ['git diff --out"put"=a', "git diff --out\\put=a", "git diff '--output=a'"]],
    ["git with another program", ["git diff --ext-diff", "git log --ext", "git show --textconv"]],
    ["git with settings", ["git -c core.pager=x log", "git --exec-path=. log", "git -C . log"]],
    ["ripgrep with another program", ["rg --pre ./a b", "rg --p're=./a' b", "rg --hostname-bin ./a b"]],
    ["file with an output", ["file -C -m a", "file -bC", "file --compile", "file --comp"]],
  ])("%s", (_, lines) => {
    expect(lines.filter(isReadOnly)).toEqual([]);
  });
});
