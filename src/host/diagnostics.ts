import type { LogLevel } from "../config/options.ts";
import { describeError } from "../lib/describe-error.ts";
import type { HostClient } from "../opencode/host-client.ts";

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * The plugin's own messages, in opencode's log. In the terminal UI a plugin must never write to stdout or stderr. It
 * never throws and never waits; before {@link Diagnostics.open} messages are kept, since the host does not answer
 * while it waits for the hooks.
 */
export class Diagnostics {
  #waiting: (() => void)[] | null = [];

  constructor(
    private readonly host: Pick<HostClient, "log" | "toast">,
    private readonly level: LogLevel,
  ) {}

  /** The host answers from here on. */
  open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const send of waiting) send();
  }

  log(level: LogLevel, message: string): void {
    if (SEVERITY[level] < SEVERITY[this.level]) return;
    this.#send(() => void this.host.log(level, message).catch(() => undefined));
  }

  /** Something went wrong that nobody waits to hear. */
  readonly report = (message: string, cause?: unknown): void => {
    const why = cause === undefined ? "" : ` ${describeError(cause)}`;
    this.log("error", `${message}${why}`);
  };

  /** Something that the user should see. */
  notice(variant: "warning" | "error", message: string): void {
    this.log(variant === "warning" ? "warn" : "error", message);
    // Without a terminal UI there is nobody to show it to: the log has it.
    this.#send(() => void this.host.toast({ title: "Bizar", message, variant }).catch(() => undefined));
  }

  #send(send: () => void): void {
    if (this.#waiting === null) send();
    else this.#waiting.push(send);
  }
}
