/** Code as a Markdown block whose fence is longer than any run of the same mark in it. */
export function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language.replaceAll(/[^\w+#-]/g, "")}\n${code}\n${fence}`;
}
