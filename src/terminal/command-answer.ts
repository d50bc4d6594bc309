import type { TuiPluginApi } from "../opencode/terminal-api.ts";
import { createSignal, onCleanup } from "solid-js";
import { useTerminalDimensions, type JSX } from "@opentui/solid";
import type { Notice } from "../halves/messages.ts";
import { bodyLines, wrapped, type TextLine } from "./agent-page.ts";
import { linesView } from "./draw.ts";
import { span, type Line } from "./lines.ts";
import { FIRST_STATE, pressed } from "./screen-state.ts";

/** Answers up to here are a toast. */
const TOAST_CHARACTERS = 120;
const TOAST_MS = 8000;
/** The host's widest dialog, less its margins. */
const MOST_COLUMNS = 110;
const AROUND_COLUMNS = 8;
const FIRST = 1000;
/** opencode goes to the session of a command a moment after it was given. */
const ARRIVED_MS = 400;

type AnsweredNotice = Extract<Notice, { readonly kind: "answered" }>;

/** Shows what a slash command came to: in a toast, or in a dialog where it is longer. No session has it. */
export function showAnswer(api: TuiPluginApi, { command, text, sessionId }: AnsweredNotice): void {
  const title = `/${command}`;
  if (text.length <= TOAST_CHARACTERS && !text.includes("\n")) {
    api.ui.toast({ title, message: text, variant: "info", duration: TOAST_MS });
  } else {
    api.ui.dialog.replace(() => textDialog(api, title, text));
    api.ui.dialog.setSize("xlarge");
  }
  const timer = setTimeout(() => void leaveEmpty(api, sessionId), ARRIVED_MS);
  api.lifecycle.onDispose(() => clearTimeout(timer));
}

/** Given at the home screen, a command has got a session of its own, which nothing is in. */
async function leaveEmpty({ route, client, state }: TuiPluginApi, sessionID: string): Promise<void> {
  const { current } = route;
  if (current.name !== "session" || current.params?.["sessionID"] !== sessionID) return;
  if (state.session.messages(sessionID).length > 0) return;
  const { data } = await client.session.messages({ sessionID, limit: 1 });
  if (data === undefined || data.length > 0) return;
  route.navigate("home");
  await client.session.delete({ sessionID });
}

function textDialog(api: TuiPluginApi, title: string, text: string): JSX.Element {
  const size = useTerminalDimensions();
  const [top, setTop] = createSignal(0);
  const columns = () => Math.min(MOST_COLUMNS, size().width - AROUND_COLUMNS);
  const lines = () =>
    wrapped(
      text.split("\n").map((line): TextLine => ({ text: line, tone: "text" })),
      columns(),
    );
  const height = () => Math.max(3, Math.min(lines().length, Math.floor(size().height * 0.6)));
  onCleanup(
    api.keymap.intercept(
      "key",
      ({ event, consume }) => {
        if (!/^(?:up|down|pageup|pagedown|home|end)$/.test(event.name)) return;
        consume();
        const around = { chosen: undefined, keyAt: () => undefined, nextMatch: () => undefined, asks: false };
        const state = { ...FIRST_STATE, open: title, top: top() };
        const parts = { ...around, lines: lines().length, height: height(), isPlan: true };
        setTop(pressed(state, event, parts).state.top ?? 0);
      },
      { priority: FIRST },
    ),
  );
  return linesView(
    () => api.theme.current,
    () => {
      const all = lines();
      const more = all.length > height() ? `  ↑↓ line ${top() + 1} of ${all.length}` : "";
      const head: Line = [span(title, "primary", { isBold: true }), span(`${more}  Esc closes`, "textMuted")];
      const shown = bodyLines(all, { top: top(), search: "", height: height() });
      return [head, [], ...shown, []].map((line): Line => [span("  "), ...line]);
    },
  );
}
