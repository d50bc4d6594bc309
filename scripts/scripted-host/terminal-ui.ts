import { Terminal } from "@xterm/headless";
import { OPENCODE, type Sandbox } from "./sandbox.ts";

/** What shows that opencode's terminal UI takes a prompt. */
export const TAKES_PROMPT = /Ask anything|ctrl\+p/;

/** The number of the command with which a program copies: `OSC 52 ; c ; <base64>`. */
const COPY = 52;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** opencode's terminal UI in a pseudo-terminal, with an emulator that keeps its screen. */
export interface TerminalUi {
  readonly pid: number;
  /** The lines that a person sees. */
  screen(): string;
  /** What the program has put into the clipboard last. */
  clipboard(): string;
  type(text: string): void;
  /** Makes the terminal another size. */
  resize(columns: number, rows: number): void;
  /**
   * Settles with the moment in which the screen shows something, by `performance.now()`: it is looked at when
   * something was drawn, and not in between.
   */
  whenShown(what: RegExp, limitMs: number): Promise<number>;
  readonly exited: Promise<number>;
  /** The processor time of the process, in milliseconds, once it has exited. */
  processorMs(): number;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the terminal UI; its first screen comes later. */
export function openTerminalUi(
  { project, environment }: Sandbox,
  args: readonly string[],
  { columns, rows }: TerminalSize,
): TerminalUi {
  const emulator = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = Bun.spawn([OPENCODE, ...args], {
    cwd: project,
    env: { ...environment, TERM: "xterm-256color" },
    terminal: { cols: columns, rows, data: (_, bytes) => emulator.write(bytes) },
  });
  // Whoever still has the pseudo-terminal open, an agent for example, keeps nobody waiting who started this.
  void child.exited.then(() => child.terminal?.unref());
  const type = (text: string) => void child.terminal?.write(text);
  // The emulator answers what the program asks the terminal.
  emulator.onData(type);
  const screen = () => textOn(emulator);
  let copied = "";
  emulator.parser.registerOscHandler(COPY, (data) => {
    copied = Buffer.from(data.slice(data.indexOf(";") + 1), "base64").toString();
    return true;
  });
  return {
    pid: child.pid,
    screen,
    clipboard: () => copied,
    type,
    resize(toColumns, toRows) {
      emulator.resize(toColumns, toRows);
      child.terminal?.resize(toColumns, toRows);
    },
    async whenShown(what, limitMs) {
      const shown = Promise.withResolvers<number>();
      const look = () => {
        if (what.test(screen())) shown.resolve(performance.now());
      };
      const late = setTimeout(
        () => shown.reject(new Error(`Not within ${limitMs} ms: ${what} on\n${screen()}`)),
        limitMs,
      );
      const drawn = emulator.onWriteParsed(look);
      look();
      try {
        return await shown.promise;
      } finally {
        clearTimeout(late);
        drawn.dispose();
      }
    },
    exited: child.exited,
    // Of microseconds, and a BigInt, whatever the types of Bun 1.3.14 say.
    processorMs: () => Number(`${child.resourceUsage()?.cpuTime.total}`) / 1000,
    kill: (signal) => child.kill(signal),
  };
}

function textOn({ buffer: { active }, rows }: Terminal): string {
  return Array.from({ length: rows }, (_, row) => active.getLine(active.viewportY + row)?.translateToString(true)).join(
    "\n",
  );
}
