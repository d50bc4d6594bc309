import { serverEnd, type ServerEnd } from "../halves/channel.ts";
import type { Answer, Ask, HereNotice } from "../halves/messages.ts";

export interface TerminalHalfParts {
  readonly directory: string;
  readonly where: Pick<HereNotice, "stateDir" | "logDir" | "token">;
  /** The plans that wait for the user. */
  readonly plans: () => readonly string[];
  /** What an ask of the user's, at the screen, comes to. */
  readonly answer: (ask: Exclude<Ask, { readonly kind: "hello" }>) => Promise<Answer>;
}

/** What the server half knows of the terminal half, and tells it. */
export class TerminalHalf {
  readonly #parts: TerminalHalfParts;
  readonly #end: ServerEnd;
  #isThere = false;

  constructor(parts: TerminalHalfParts) {
    this.#parts = parts;
    this.#end = serverEnd(parts.directory, async (ask) => {
      this.#isThere = true;
      if (ask.kind !== "hello") return await parts.answer(ask);
      this.changed();
      return { ok: true, text: "" };
    });
  }

  /** Whether there is a screen of this package's in this process. */
  get isThere(): boolean {
    return this.#isThere;
  }

  /** What waits for the user has changed. */
  changed(): void {
    const { where, plans } = this.#parts;
    this.#end.tell({ kind: "here", ...where, plans: [...plans()] });
  }

  /** Shows the answer of a command. @returns whether there is a screen of this package's in this process */
  show(sessionId: string, command: string, text: string): boolean {
    if (this.#isThere) this.#end.tell({ kind: "answered", command, sessionId, text });
    return this.#isThere;
  }

  close(): void {
    this.#end.tell({ kind: "gone", token: this.#parts.where.token });
    this.#end.close();
  }
}
