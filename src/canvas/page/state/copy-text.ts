import { notify } from "../sync/notices.ts";

/** Puts a text into the clipboard, and says so, or what else can be done. */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify({ kind: "info", message: done });
  } catch {
    notify({ kind: "failure", message: "The browser does not allow copying here: mark it, and press Ctrl and C." });
  }
}
