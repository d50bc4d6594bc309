/** Programs that run a text of shell. */
export const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh", "su", "script"]);
const GETTERS = ["parts", "script", "value"];

/** Every node of a parsed script, in the order of the line, whatever it stands in. */
export function* nodesOf(node: unknown): Generator<object, void> {
  if (Array.isArray(node)) {
    for (const each of node) yield* nodesOf(each);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  yield node;
  // Some nodes give their parts by a getter of their class, which is no property of their own.
  const given = GETTERS.map((name): unknown => Reflect.get(node, name));
  for (const value of new Set<unknown>([...Object.values(node), ...given])) yield* nodesOf(value);
}

/** The text of a word, or of something else that has one. */
export function wordText(node: unknown): string[] {
  if (typeof node !== "object" || node === null) return [];
  const type: unknown = Reflect.get(node, "type");
  const value: unknown = Reflect.get(node, "value");
  return (type === undefined || type === "Word") && typeof value === "string" ? [value] : [];
}

/** The words of a command: its program, and what stands behind it. */
export function wordsOf(command: object): string[] {
  return [Reflect.get(command, "name"), ...listOf(command, "suffix")].flatMap(wordText);
}

export function listOf(node: object, name: string): readonly unknown[] {
  const value: unknown = Reflect.get(node, name);
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The name of a program without its folder. */
export function nameOf(word = ""): string {
  return word.slice(word.lastIndexOf("/") + 1);
}

/** `sh -c "…"`, `eval …`, `git submodule foreach …`, behind whatever they stand. */
export function textsIn(words: readonly string[]): string[] {
  return words.flatMap((word, at) => {
    const rest = words.slice(at + 1);
    if (word === "eval" || (word === "foreach" && words[at - 1] === "submodule")) return [rest.join(" ")];
    if (!SHELLS.has(nameOf(word))) return [];
    const option = rest.findIndex((each) => /^-[a-zA-Z]*c$/.test(each));
    return option === -1 ? [] : (rest[option + 1] ?? []);
  });
}
