import type { CommandNode, ParsedScript, PipelineNode, Redirection, Statement, Word, WordPart } from "unbash";

/** A word of a command as the program gets it: quotes and backslashes are taken out. */
export interface ShellWord {
  readonly text: string;
  /** Where in the text the shell would put something else: at the first `*`, `?`, `[` or `{a,b}` that is not quoted. */
  readonly expandsAt: number | undefined;
  /** The same as a pattern for file names, where the shell makes one of it. */
  readonly pattern: string | undefined;
}

/** A program and its words, and the files that it is given as input. */
export interface PlainCommand {
  readonly words: readonly ShellWord[];
  readonly inputs: readonly ShellWord[];
  /** It runs whatever became of the commands before it, and in the shell itself: not behind `&&` or in a pipe. */
  readonly isSure: boolean;
}

/** What of a line is refused, and why: both for the one who wrote it. */
export interface Refusal {
  readonly word: string;
  readonly why: string;
}

/** A thrown refusal ends the walk through a line. */
class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.why);
  }
}

/** A character that is not to be seen: shells and programs disagree on what it is. */
const UNSEEN = /[^\P{Z} ]|[^\P{C}\t\n]/u;
const GLOB_CHARACTERS = /[*?[\]{}\\]/g;
/** In a pattern: quotes, ranges and classes of characters, which are not read in one way by all. */
const OBSCURE = /["'\\]|\.\.|\[[:.=]/;
const SOCKETS = /^\/dev\/(tcp|udp)\//;

/**
 * The commands of a bash line that only runs commands, one after the other or in pipes, with input from files; or what
 * of it is anything else, or cannot be read.
 */
export async function readPlainCommands(line: string): Promise<PlainCommand[] | Refusal> {
  const unseen = UNSEEN.exec(line);
  if (unseen !== null) return { word: unseen[0], why: "is a character that is not to be seen" };
  // 20 ms, for those who run bash only.
  const { parse } = await import("unbash");
  try {
    return new PlainReader(line).commands(parse(line));
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

class PlainReader {
  readonly #line: string;

  constructor(line: string) {
    this.#line = line;
  }

  commands({ commands, errors = [] }: ParsedScript): PlainCommand[] {
    const [error] = errors;
    if (error !== undefined)
      throw refused(this.#line.slice(error.pos) || this.#line, `cannot be read: ${error.message}`);
    return commands.flatMap((statement) => this.#statement(statement));
  }

  #statement(statement: Statement): PlainCommand[] {
    if (statement.background === true) throw refused(this.#text(statement), "would go on in the background");
    const { command } = statement;
    const pipelines: readonly PipelineNode[] = command.type === "AndOr" ? command.commands : [command];
    return pipelines.flatMap((pipeline, index) => this.#pipeline(pipeline, index === 0));
  }

  #pipeline(node: PipelineNode, isFirst: boolean): PlainCommand[] {
    if (node.type !== "Pipeline") return [this.#command(node, isFirst)];
    const [prefix] = node.prefixes;
    if (prefix !== undefined) throw refused(this.#text(prefix), "is no command that reads");
    return node.commands.map((command) => this.#command(command, false));
  }

  #command(node: CommandNode, isSure: boolean): PlainCommand {
    if (node.type !== "Command") throw refused(this.#text(node), "is a group, a loop, a condition or a function");
    const words = node.name === undefined ? [] : [this.#word(node.name)];
    const inputs: ShellWord[] = [];
    for (const part of [...node.prefix, ...node.suffix]) {
      if (part.type === "Word") words.push(this.#word(part));
      else if (part.type === "Assignment") throw refused(this.#text(part), "sets a variable");
      else inputs.push(...this.#input(part));
    }
    if (words.length === 0) throw refused(this.#text(node), "is no command");
    return { words, inputs, isSure };
  }

  /** The file that is read; none where output goes nowhere, or to where other output goes. */
  #input(node: Redirection): ShellWord[] {
    const target = node.type === "Redirect" && node.target !== undefined ? this.#word(node.target) : undefined;
    const isPlain = target !== undefined && target.expandsAt === undefined;
    if (node.type !== "Redirect" || !isPlain || node.descriptor?.type === "FileDescriptorVariable") {
      throw refused(this.#text(node), "is no plain input from a file");
    }
    if (node.operator === "<") {
      if (SOCKETS.test(target.text)) throw refused(this.#text(node), "is a connection");
      return [target];
    }
    const goesNowhere = [">", ">>", "&>", "&>>"].includes(node.operator) && target.text === "/dev/null";
    const joinsOutput = node.operator === ">&" && /^[12]$/.test(target.text);
    if (!goesNowhere && !joinsOutput) throw refused(this.#text(node), "sends output into a file");
    return [];
  }

  #word(word: Word): ShellWord {
    const parts = word.parts ?? [];
    for (const part of parts) this.#check(part);
    const first = parts.findIndex(expands);
    if (first === -1) return { text: word.value, expandsAt: undefined, pattern: undefined };
    return {
      text: word.value,
      expandsAt: parts.slice(0, first).reduce((length, part) => length + said(part).length, 0),
      pattern: parts.map((part) => (expands(part) ? part.text : escaped(said(part)))).join(""),
    };
  }

  /** Whatever brings in what is not to be seen in the line is refused. */
  #check(part: WordPart): void {
    switch (part.type) {
      case "Literal":
      case "SingleQuoted":
        return;
      case "Glob":
      case "BraceExpansion":
        if (OBSCURE.test(part.text))
          throw refused(part.text, "is a pattern that is hard to follow: name what you mean");
        for (const inner of part.parts ?? []) this.#check(inner);
        return;
      case "DoubleQuoted":
        for (const inner of part.parts ?? []) this.#check(inner);
        return;
      case "SimpleExpansion":
      case "ParameterExpansion":
        throw refused(part.text, "is a variable");
      case "AnsiCQuoted":
      case "LocaleString":
        throw refused(part.text, "is a quote with a meaning of its own");
      case "CommandExpansion":
      case "ArithmeticExpansion":
      case "ProcessSubstitution":
      case "ExtendedGlob":
        throw refused(part.text, "may run another command");
      default:
        throw refused(this.#line, "cannot be read");
    }
  }

  #text({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.#line.slice(pos, end);
  }
}

function refused(word: string, why: string): Refused {
  return new Refused({ word, why });
}

function expands({ type }: WordPart): boolean {
  return type === "Glob" || type === "BraceExpansion";
}

/** The text of a part that does not expand. */
function said(part: WordPart): string {
  if (part.type === "Literal" || part.type === "SingleQuoted") return part.value;
  return part.type === "DoubleQuoted" ? part.parts.map(said).join("") : part.text;
}

function escaped(text: string): string {
  return text.replaceAll(GLOB_CHARACTERS, String.raw`\$&`);
}
