/** Whether a text fits a pattern of opencode's permission rules: `*` is anything, `?` one character (1.18.33). */
export function fitsPattern(text: string, pattern: string): boolean {
  const escaped = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  // "git push *" is "git push" as well.
  const whole = escaped.endsWith(" .*") ? `${escaped.slice(0, -3)}( .*)?` : escaped;
  return new RegExp(`^${whole}$`, "s").test(text);
}
