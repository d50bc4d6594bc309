import { OPENCODE, type Sandbox } from "../../scripts/scripted-host/sandbox.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Terminal } from "@xterm/headless";
import { until } from "./rig.ts";

/** opencode's terminal UI in a pseudo-terminal, with an emulator that keeps its screen. */
export interface TerminalUi {
  readonly pid: number;
  /** The lines that a person sees. */
  screen(): string;
  type(text: string): void;
  /** Types a prompt and sends it. */
  submit(text: string): void;
  /** Presses F6. */
  pressF6(): void;
  /** Makes the terminal another size. */
  resize(columns: number, rows: number): void;
  /** Keeps the screen as it is now, for a person to look at. */
  keep(name: string): void;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

/** What a person looks at after the tests. */
const SCREENS = join(import.meta.dir, "../../artefacts/terminal");
const WIDE = { columns: 140, rows: 40 };

/** Starts the terminal UI and waits until it takes a prompt. */
export async function startTerminalUi(
  sandbox: Sandbox,
  args: readonly string[] = [],
  { columns, rows } = WIDE,
): Promise<TerminalUi> {
  const emulator = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = Bun.spawn([OPENCODE, ...args], {
    cwd: sandbox.project,
    env: { ...sandbox.environment, TERM: "xterm-256color" },
    terminal: { cols: columns, rows, data: (_, bytes) => emulator.write(bytes) },
  });
  const write = (text: string) => void child.terminal?.write(text);
  // The emulator answers what the program asks the terminal.
  emulator.onData(write);
  const screen = () => {
    const buffer = emulator.buffer.active;
    const lines = Array.from({ length: emulator.rows }, (_, row) =>
      buffer.getLine(buffer.viewportY + row)?.translateToString(true),
    );
    return lines.join("\n");
  };
  await until("the terminal UI takes a prompt", () => /Ask anything|ctrl\+p/.test(screen()));
  // Typed into the first second, a prompt is lost (1.18.33): nothing on the screen tells when that is over.
  await Bun.sleep(1000);
  return {
    pid: child.pid,
    screen,
    type: write,
    submit(text) {
      write(text);
      write("\r");
    },
    pressF6: () => write("\u001b[17~"),
    resize(toColumns, toRows) {
      emulator.resize(toColumns, toRows);
      child.terminal?.resize(toColumns, toRows);
    },
    keep(name) {
      mkdirSync(SCREENS, { recursive: true });
      writeFileSync(join(SCREENS, `${name}.txt`), `${screen()}\n`);
    },
    exited: child.exited,
    kill: (signal) => child.kill(signal),
  };
}
