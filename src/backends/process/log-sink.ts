/** Where the lines of one agent's log go. Never throws: a full disk must not end an agent. */
export interface LogSink {
  /** Adds one line; `source` is what it starts with in the file. */
  write(source: "stdout" | "stderr", line: string): void;
  /** Settles when few enough lines wait to be written that more may come. */
  ready(): Promise<void>;
  /** Settles when every line is in the file. */
  close(): Promise<void>;
}
