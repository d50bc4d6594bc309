const FENCE_LIKE = /^[\s>*+\-\d.)]*(?:`{3,}|~{3,})/;
const FENCE = /^(?<mark>`{3,})[^`]*$|^(?<tildes>~{3,}).*$/;
const CODE_SPAN_WITH_ANGLE = /(?<!`)(?<mark>`+)(?!`)(?<code>[^`\n<]*<[^`\n]*)\k<mark>(?!`)/g;
const AUTOLINK = /^<(?:https?:\/\/|mailto:)[^\s<>"'`]*>/;

/** A text as one line of Markdown in which nothing is markup. */
export function inlineText(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]<>#|~&!$]/g, "\\$&");
}

/** A text without line breaks and control characters. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  return text.replaceAll(/[\s\u0000-\u001F\u007F\u0085\u2028\u2029]+/g, " ").trim();
}

/** Somebody's Markdown as a quotation: what it opens ends with it, and no tag of it reaches the page it is shown on. */
export function quoted(markdown: string, indent = ""): string {
  const lines = withoutTags(linesOf(markdown));
  return lines.map((line) => `${indent}>${line === "" ? "" : ` ${line}`}`).join("\n");
}

/** A text as it is, in a fence that is longer than any in it. */
export function fenced(text: string, language: string, indent = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const info = language.replaceAll(/[^A-Za-z0-9+#._-]/g, "");
  return [`${fence}${info}`, ...linesOf(text), fence].map((line) => `${indent}${line}`).join("\n");
}

function linesOf(text: string): string[] {
  // oxlint-disable-next-line no-control-regex -- none of them means anything in Markdown
  const clean = text.replaceAll(/[\u0000-\u0008\u000B\u000E-\u001F]/g, "");
  return clean.replace(/\s+$/, "").split(/\r\n|[\n\r\u2028\u2029]/);
}

/**
 * The lines without anything that could be read as a tag, but for code between fences. Only fences at the very left are
 * taken for such: of others, in lists and quotations, it takes a whole parser to tell where they end.
 */
function withoutTags(lines: readonly string[]): readonly string[] {
  const isCode = insideFences(lines);
  return lines.map((line, index) => (isCode[index] === true ? line : withoutTagsInLine(line)));
}

function insideFences(lines: readonly string[]): readonly boolean[] {
  const none = lines.map(() => false);
  const inside: boolean[] = [];
  let end: RegExp | undefined;
  for (const line of lines) {
    if (end !== undefined) {
      inside.push(true);
      if (end.test(line)) end = undefined;
      continue;
    }
    const groups = FENCE.exec(line)?.groups;
    if (groups === undefined && FENCE_LIKE.test(line)) return none;
    const mark = groups?.mark ?? groups?.tildes;
    if (mark !== undefined) end = new RegExp(`^ {0,3}${mark}${mark.charAt(0)}*[ \\t]*$`);
    inside.push(false);
  }
  return inside;
}

function withoutTagsInLine(line: string): string {
  const withCode = line.replaceAll(CODE_SPAN_WITH_ANGLE, (...found) => {
    const groups = found.at(-1) as { code: string };
    return `\u0000${asEntities(groups.code)}\u0001`;
  });
  return withCode
    .replaceAll(/<(?=[A-Za-z/!?])/g, (angle, at: number) => (AUTOLINK.test(withCode.slice(at)) ? angle : "&lt;"))
    .replaceAll("\u0000", "<code>")
    .replaceAll("\u0001", "</code>");
}

/** Code in which no Markdown is: between backticks an entity would be shown as it is written. */
function asEntities(code: string): string {
  return code.replaceAll(/[!-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
