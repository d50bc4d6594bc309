/** What a key asks for on the canvas. */
export type Command =
  | { readonly kind: "move"; readonly dx: number; readonly dy: number }
  | {
      readonly kind:
        | "undo"
        | "redo"
        | "delete"
        | "duplicate"
        | "edit"
        | "open"
        | "comment"
        | "suggest"
        | "add"
        | "connect"
        | "section"
        | "select_all"
        | "find"
        | "help"
        | "escape"
        | "zoom_in"
        | "zoom_out"
        | "fit"
        | "next"
        | "previous";
    };

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

const STEP = 10;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const PLAIN: Readonly<Record<string, Exclude<Command["kind"], "move">>> = {
  Delete: "delete",
  Backspace: "delete",
  Enter: "open",
  F2: "edit",
  e: "edit",
  n: "next",
  p: "previous",
  c: "comment",
  s: "suggest",
  a: "add",
  l: "connect",
  g: "section",
  "/": "find",
  "?": "help",
  Escape: "escape",
  "+": "zoom_in",
  "=": "zoom_in",
  "-": "zoom_out",
  "0": "fit",
};

const WITH_CONTROL: Readonly<Record<string, Exclude<Command["kind"], "move">>> = {
  z: "undo",
  y: "redo",
  d: "duplicate",
  a: "select_all",
};

/** What the key asks for; null leaves it to the browser. Control and, on a Mac, Command say the same. */
export function commandOf({ key, ctrlKey, metaKey, shiftKey, altKey }: Key): Command | null {
  if (altKey) return null;
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (ctrlKey || metaKey) {
    if (letter === "z" && shiftKey) return { kind: "redo" };
    const kind = lookUp(WITH_CONTROL, letter);
    return kind === undefined ? null : { kind };
  }
  const arrow = lookUp(ARROWS, key);
  // A single pixel for what has to be exact.
  if (arrow !== undefined)
    return { kind: "move", dx: arrow[0] * (shiftKey ? 1 : STEP), dy: arrow[1] * (shiftKey ? 1 : STEP) };
  const kind = lookUp(PLAIN, letter);
  return kind === undefined ? null : { kind };
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
