/** A word of a command as the program gets it: quotes and backslashes are taken out. */
export interface ShellWord {
  readonly text: string;
  /** Where in the text the shell would put something else: at the first `*`, `?`, `[` or `{` that is not quoted. */
  readonly expandsAt: number | undefined;
}

/** What a line is read by, at its next character; what fits none of these is not read. */
const TOKENS = {
  blank: /[ \t]+/y,
  separator: /\|\||&&|[|;\n]/y,
  /** Not `<<`, `<>`, `<(` or `<&`. */
  input: /<(?![<>(&])/y,
  single: /'[^']*'/y,
  /** In it a `$` or a backtick may bring in something else; a `$` before what is no name is itself. */
  double: /"(?:[^"\\$`]|\\[^\n]|\$(?![\w{([@*#?$!-]))*"/y,
  escaped: /\\[^\n]/y,
  /** As at the end of a pattern. */
  dollar: /\$(?=[ \t\n|;&]|$)/y,
  expanding: /[*?[{]/y,
  plain: /[^ \t\n'"\\$`|&;<>()*?[{]/y,
} as const;

type Token = keyof typeof TOKENS;

/**
 * The commands of a bash line that only runs commands, with input from files and pipes between them. `undefined` where it
 * has anything else: a variable, a substitution, a redirection of output, a group, a comment, a command in the
 * background, or what is no whole line.
 */
export function readCommands(line: string): ShellWord[][] | undefined {
  let words: ShellWord[] = [];
  const commands = [words];
  let word: { text: string; expandsAt: number | undefined } | undefined;
  let isInput = false;
  const endWord = () => {
    if (word === undefined) return;
    if (!isInput) words.push(word);
    isInput = false;
    word = undefined;
  };
  for (let at = 0; at < line.length;) {
    const found = tokenAt(line, at);
    if (found === undefined) return undefined;
    const { token, text } = found;
    at += text.length;
    if (token === "blank" || token === "separator" || token === "input") {
      endWord();
      if (token === "blank") continue;
      // It has no file.
      if (isInput) return undefined;
      if (token === "input") isInput = true;
      else commands.push((words = []));
      continue;
    }
    if (word === undefined && text === "#") return undefined;
    word ??= { text: "", expandsAt: undefined };
    if (token === "expanding") word.expandsAt ??= word.text.length;
    word.text += unquoted(token, text);
  }
  endWord();
  return isInput ? undefined : commands;
}

function tokenAt(line: string, at: number): { token: Token; text: string } | undefined {
  for (const [token, pattern] of Object.entries(TOKENS)) {
    pattern.lastIndex = at;
    const text = pattern.exec(line)?.[0];
    if (text !== undefined) return { token: token as Token, text };
  }
  return undefined;
}

function unquoted(token: Token, text: string): string {
  if (token === "single") return text.slice(1, -1);
  if (token === "double") return text.slice(1, -1).replaceAll(/\\(.)/gs, "$1");
  return token === "escaped" ? text.slice(1) : text;
}
