import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../scripts/scripted-host/sandbox.ts";
import { openTerminalUi, TAKES_PROMPT, type TerminalUi as Opened } from "../../scripts/scripted-host/terminal-ui.ts";
import { until } from "./rig.ts";

/** opencode's terminal UI, as a test looks at it. */
export interface TerminalUi extends Pick<
  Opened,
  "pid" | "screen" | "clipboard" | "type" | "resize" | "exited" | "kill"
> {
  /** Types a prompt and sends it. */
  submit(text: string): void;
  /** Presses F6. */
  pressF6(): void;
  /** Keeps the screen as it is now, for a person to look at. */
  keep(name: string): void;
}

/** What a person looks at after the tests. */
const SCREENS = join(import.meta.dir, "../../artefacts/terminal");
const WIDE = { columns: 140, rows: 40 };

/** Starts the terminal UI and waits until it takes a prompt. */
export async function startTerminalUi(
  sandbox: Sandbox,
  args: readonly string[] = [],
  size = WIDE,
): Promise<TerminalUi> {
  const opened = openTerminalUi(sandbox, args, size);
  await until("the terminal UI takes a prompt", () => TAKES_PROMPT.test(opened.screen()));
  // Typed into the first second, a prompt is lost (1.18.33): nothing on the screen tells when that is over.
  await Bun.sleep(1000);
  return {
    ...opened,
    submit(text) {
      opened.type(text);
      opened.type("\r");
    },
    pressF6: () => opened.type("\u001b[17~"),
    keep(name) {
      mkdirSync(SCREENS, { recursive: true });
      writeFileSync(join(SCREENS, `${name}.txt`), `${opened.screen()}\n`);
    },
  };
}
