import { describeError } from "../lib/describe-error.ts";
import type { Answer, Ask, Notice } from "./messages.ts";

/**
 * The halves of the package run in two threads of one process and share no memory; opencode has no way of its own for
 * them to talk. What is posted here reaches every thread of this process, and nobody else.
 */
const NAME = "opencode-bizar";
/** Of an ask that is for the server halves of all directories. */
const ALL = "*";

type Posted =
  | { readonly from: "terminal"; readonly directory: string; readonly id: string; readonly ask: Ask }
  | { readonly from: "server"; readonly directory: string; readonly id: string; readonly answer: Answer }
  | { readonly from: "server"; readonly directory: string; readonly notice: Notice };

interface Channel {
  post(posted: Posted): void;
  close(): void;
}

function openChannel(listen: (posted: Posted) => void): Channel {
  const channel = new BroadcastChannel(NAME);
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the types of Bun 1.3.14 know it without its data
  channel.onmessage = ({ data }: { data: unknown }) => listen(data as Posted);
  // It keeps no process alive. The types leave this out.
  (channel as BroadcastChannel & { unref?: () => void }).unref?.();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
  return { post: (posted) => channel.postMessage(posted), close: () => channel.close() };
}

/** The server half's end, in the opencode of one directory. */
export interface ServerEnd {
  tell(notice: Notice): void;
  close(): void;
}

/** @param answer what an ask comes to; a rejection is told as its error */
export function serverEnd(directory: string, answer: (ask: Ask) => Promise<Answer>): ServerEnd {
  const channel = openChannel((posted) => {
    if (posted.from !== "terminal" || (posted.directory !== directory && posted.directory !== ALL)) return;
    const { id } = posted;
    void answer(posted.ask)
      .catch((error: unknown): Answer => ({ ok: false, error: describeError(error) }))
      .then((answered) => channel.post({ from: "server", directory, id, answer: answered }));
  });
  return {
    tell: (notice) => channel.post({ from: "server", directory, notice }),
    close: () => channel.close(),
  };
}

/** The terminal half's end. */
export interface TerminalEnd {
  /** Asks the server half of a directory. Never settles where there is none. */
  ask(directory: string, ask: Ask): Promise<Answer>;
  /** Has every server half say where it is. */
  hello(): void;
  close(): void;
}

export function terminalEnd(heard: (notice: Notice, directory: string) => void): TerminalEnd {
  const asked = new Map<string, (answer: Answer) => void>();
  const channel = openChannel((posted) => {
    if (posted.from !== "server") return;
    if ("notice" in posted) heard(posted.notice, posted.directory);
    else asked.get(posted.id)?.(posted.answer);
  });
  const post = (directory: string, ask: Ask) => {
    const id = crypto.randomUUID();
    channel.post({ from: "terminal", directory, id, ask });
    return id;
  };
  return {
    async ask(directory, ask) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      const id = post(directory, ask);
      asked.set(id, resolve);
      return await promise.finally(() => asked.delete(id));
    },
    hello: () => void post(ALL, { kind: "hello" }),
    close: () => channel.close(),
  };
}
