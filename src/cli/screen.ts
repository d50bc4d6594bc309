import { cutToWidth } from "../text/table.ts";

/** A whole terminal to draw on. */
export interface Screen {
  columns(): number;
  rows(): number;
  /** Shows these lines, cut at the terminal's edges. */
  draw(lines: readonly string[]): void;
  /** Settles with the next key, or another size of the terminal. */
  next(): Promise<void>;
  /** Whether the person has left. */
  isLeft(): boolean;
  /** Gives the terminal back as it was. */
  close(): void;
}

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const REST_OF_LINE = "\u001b[K";
const REST_OF_SCREEN = "\u001b[J";
const SIZE = { columns: 80, rows: 24 };

/**
 * Takes the terminal of stdout and stdin for drawing, beside what it shows, until it is closed. A signal that ends the
 * process gives it back first.
 *
 * @param onKey what a key does; returns whether it ends the drawing
 */
export function openScreen(onKey: (key: string) => boolean): Screen {
  const { stdin, stdout } = process;
  let isLeft = false;
  let wake = Promise.withResolvers<void>();
  const look = () => wake.resolve();
  const leave = () => {
    isLeft = true;
    look();
  };
  const keys = (text: string) => {
    // Several keys may come at once; what begins with an escape is one.
    for (const key of text.startsWith("\u001b") ? [text] : text) if (onKey(key)) leave();
    look();
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.setEncoding("utf8").on("data", keys).on("end", leave);
  stdout.on("resize", look);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, leave);
  stdout.write(ENTER);
  return {
    columns: () => stdout.columns || SIZE.columns,
    rows: () => stdout.rows || SIZE.rows,
    draw(lines) {
      const text = lines
        .slice(0, stdout.rows || SIZE.rows)
        .map((line) => cutToWidth(line, stdout.columns || SIZE.columns));
      stdout.write(`${HOME}${text.map((line) => `${line}${REST_OF_LINE}`).join("\r\n")}${REST_OF_SCREEN}`);
    },
    async next() {
      await wake.promise;
      wake = Promise.withResolvers<void>();
    },
    isLeft: () => isLeft,
    close() {
      stdout.write(LEAVE);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.off("data", keys).pause();
      stdout.off("resize", look);
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, leave);
    },
  };
}
