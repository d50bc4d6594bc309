/** Whether a text names one of these plans, by its slug as a word of its own. */
export function namesPlan(text: string, slugs: ReadonlySet<string>): boolean {
  return text.split(/[^a-z0-9-]+/).some((word) => slugs.has(word));
}
