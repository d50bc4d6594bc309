import { reportAt } from "../../agent-role/telemetry-line.ts";
import { parseServerReport, type ServerReport } from "../../agent-role/server-report.ts";
import { describeError } from "../../lib/describe-error.ts";
import { brokenAt, LineSplitter, type Line } from "../line-splitter.ts";
import type { LogSink } from "../log-sink.ts";

const LISTENING = /listening on (http:\/\/\S+)/;
const LAST_LINES = 3;
const LAST_LINE_CHARACTERS = 500;

/** Reads what a server writes: its address, the reports of the plugin inside, and lines for its log. */
export class ServerOutput {
  nonce = "";
  onReport: (report: ServerReport) => void = () => undefined;
  /** The plugin inside has begun to watch for the host. */
  onWatching: () => void = () => undefined;
  readonly lastLines: string[] = [];
  /** Why the plugin inside has ended it: it could not see that it was started by this host. */
  orphanWhy: string | undefined;
  readonly listening: Promise<string>;
  readonly #listening = Promise.withResolvers<string>();

  constructor(private readonly log: LogSink) {
    this.listening = this.#listening.promise;
  }

  async drain({ stdout, stderr }: Pick<Bun.Subprocess<"ignore", "pipe", "pipe">, "stdout" | "stderr">): Promise<void> {
    await Promise.all([this.#drainOne("stdout", stdout), this.#drainOne("stderr", stderr)]);
    // What comes after the end of the server has opened it again.
    this.log.close();
  }

  async #drainOne(source: "stdout" | "stderr", stream: ReadableStream<Uint8Array>): Promise<void> {
    const splitter = new LineSplitter();
    try {
      for await (const chunk of stream) for (const line of splitter.push(chunk)) this.#take(source, line);
    } catch (error) {
      this.log.write("stderr", `bizar: a pipe of the server could not be read any more: ${describeError(error)}`);
    }
    for (const line of splitter.end()) this.#take(source, line);
  }

  #take(source: "stdout" | "stderr", line: Line): void {
    const at = source === "stderr" ? reportAt(this.nonce, line.text) : -1;
    for (const { text } of brokenAt(line, at)) this.#line(source, text);
  }

  #line(source: "stdout" | "stderr", line: string): void {
    const report = source === "stderr" ? parseServerReport(this.nonce, line) : undefined;
    if (report !== undefined) {
      if (report.watches === "host") this.onWatching();
      this.orphanWhy ??= report.tree?.orphan;
      this.onReport(report);
      return;
    }
    this.log.write(source, line);
    const url = source === "stdout" ? LISTENING.exec(line)?.[1] : undefined;
    if (url !== undefined) this.#listening.resolve(url);
    else if (line.trim() !== "") this.#keep(line);
  }

  #keep(line: string): void {
    this.lastLines.push(line.slice(0, LAST_LINE_CHARACTERS));
    if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
  }
}
