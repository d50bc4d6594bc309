import type { TuiPluginApi } from "../opencode/terminal-api.ts";
import { createSignal } from "solid-js";
import { span, type Line } from "./lines.ts";
import { AGENTS_KEY } from "./status-line.ts";

const ODIN = "odin";
const KNOWN = "bizar.odin-was-used";

/** Who wants agents at work has to choose Odin first: the home screen says so until that was done once. */
export function homeHint({ kv, event }: Pick<TuiPluginApi, "kv" | "event">): () => readonly Line[] {
  const [isKnown, setKnown] = createSignal(false);
  event.on("message.updated", ({ properties: { info } }) => {
    if (isKnown() || info.agent !== ODIN) return;
    kv.set(KNOWN, true);
    setKnown(true);
  });
  return () => {
    // What was kept is there a moment after the start.
    if (isKnown() || kv.get(KNOWN, false)) return [];
    const text = `Tab chooses Odin, who sends agents out · ${AGENTS_KEY} shows them at work`;
    return [[span(text, "textMuted")]];
  };
}
