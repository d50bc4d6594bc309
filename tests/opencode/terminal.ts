import { OPENCODE, type Sandbox } from "../../scripts/scripted-host/sandbox.ts";
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
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

const COLUMNS = 140;
const ROWS = 40;

/** Starts the terminal UI and waits until it takes a prompt. */
export async function startTerminalUi(sandbox: Sandbox, args: readonly string[] = []): Promise<TerminalUi> {
  const emulator = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const child = Bun.spawn([OPENCODE, ...args], {
    cwd: sandbox.project,
    env: { ...sandbox.environment, TERM: "xterm-256color" },
    terminal: { cols: COLUMNS, rows: ROWS, data: (_, bytes) => emulator.write(bytes) },
  });
  const write = (text: string) => void child.terminal?.write(text);
  // The emulator answers what the program asks the terminal.
  emulator.onData(write);
  const screen = () => {
    const buffer = emulator.buffer.active;
    const lines = Array.from({ length: ROWS }, (_, row) =>
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
    exited: child.exited,
    kill: (signal) => child.kill(signal),
  };
}
