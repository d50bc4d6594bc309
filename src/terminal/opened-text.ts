import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { TuiPluginApi } from "../opencode/terminal-api.ts";
import { createSignal } from "solid-js";
import { describeError } from "../lib/describe-error.ts";
import type { ListedRecord } from "../store/record.ts";
import { logTail } from "../store/log-tail.ts";
import type { TextLine } from "./agent-page.ts";
import type { Tab } from "./screen-state.ts";
import { transcriptLines } from "./transcript.ts";

const LOG_LINES = 2000;
const MESSAGES = 100;
/** opencode's own log, which it writes for those who look for its faults. */
const OF_THE_HOST = /^\[stderr\] (?:timestamp=|level=)/;
/** Changes within this time of each other are read once. */
const TOGETHER_MS = 60;

/** The text of what is open: read anew when it has changed. */
export interface OpenedText {
  readonly lines: () => readonly TextLine[];
  /** Something of the session has changed. */
  changed(): void;
  close(): void;
}

function readAgain(read: () => Promise<readonly TextLine[]>, closed: () => void): OpenedText {
  const [lines, setLines] = createSignal<readonly TextLine[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  let isReading = false;
  let isStale = false;
  const load = async () => {
    if (isReading) {
      isStale = true;
      return;
    }
    isReading = true;
    const found = await read().catch((error: unknown): readonly TextLine[] => [
      { text: describeError(error), tone: "error" },
    ]);
    isReading = false;
    if (isClosed) return;
    setLines(found);
    if (isStale) changed();
    isStale = false;
  };
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void load();
    }, TOGETHER_MS);
  };
  void load();
  return {
    lines,
    changed,
    close() {
      isClosed = true;
      clearTimeout(timer);
      closed();
    },
  };
}

/** The log of an agent, or its session's messages, which the host reads fresh whichever process writes them. */
export function openText(
  { client }: Pick<TuiPluginApi, "client">,
  { logPath, sessionId }: Pick<ListedRecord, "logPath" | "sessionId">,
  tab: Tab,
): OpenedText {
  if (tab === "log") return openLog(logPath);
  return readAgain(
    async () => {
      if (sessionId === null) return [{ text: "It has no session yet.", tone: "textMuted" }];
      const { data, error } = await client.session.messages({ sessionID: sessionId, limit: MESSAGES });
      if (data === undefined) return [{ text: `The session cannot be read: ${JSON.stringify(error)}`, tone: "error" }];
      return transcriptLines(data);
    },
    () => undefined,
  );
}

function openLog(path: string): OpenedText {
  const text = readAgain(
    async () => {
      const lines = await logTail(path, LOG_LINES);
      const own = lines.filter((line) => !OF_THE_HOST.test(line)).map((line) => line.replace(/^\[\w+\] /, ""));
      if (own.length === 0) return [{ text: "The log is empty.", tone: "textMuted" }];
      return own.map((line): TextLine => ({ text: line, tone: toneOf(line) }));
    },
    () => watcher?.close(),
  );
  let watcher: { close(): void } | undefined;
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) text.changed();
    });
  } catch {
    // No such folder yet, or no watch left to be had: it is read when its agent does something.
  }
  return text;
}

function toneOf(line: string): TextLine["tone"] {
  if (/\b(?:error|failed)\b/i.test(line.slice(0, 60))) return "error";
  return /^\S+\s+(?:start|tool)\b/.test(line) ? "info" : "text";
}
