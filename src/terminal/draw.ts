import { bg, bold, fg, StyledText, type TextChunk } from "@opentui/core";
import { createElement, effect, insert, setProp, type JSX } from "@opentui/solid";
import type { TuiThemeCurrent } from "../opencode/terminal-api.ts";
import type { Line, Span } from "./lines.ts";

/** The host's text element, as far as it is used here. Its `content` by `setProp` would be made a string. */
type TextElement = ReturnType<typeof createElement> & { content: StyledText; visible: boolean };

/**
 * An element that shows lines and takes no place where there are none. It is drawn anew when a signal that `lines` reads
 * has changed. There is no JSX: the host compiles what it loads from a project, and nothing of a package.
 */
export function linesView(theme: () => TuiThemeCurrent, lines: () => readonly Line[]): JSX.Element {
  const element = createElement("text") as TextElement;
  setProp(element, "wrapMode", "none");
  effect(() => {
    const shown = lines();
    element.visible = shown.length > 0;
    element.content = styled(shown, theme());
  });
  return element;
}

/** An element that takes all the room there is. */
export function filling(inner: JSX.Element): JSX.Element {
  const box = createElement("box");
  setProp(box, "flexGrow", 1);
  setProp(box, "minHeight", 0);
  insert(box, inner);
  return box;
}

/** An element with an empty row above it. */
export function belowRow(inner: JSX.Element): JSX.Element {
  const box = createElement("box");
  setProp(box, "flexShrink", 0);
  setProp(box, "paddingTop", 1);
  insert(box, inner);
  return box;
}

function styled(lines: readonly Line[], theme: TuiThemeCurrent): StyledText {
  const chunks = lines.flatMap((line, index) => {
    const shown = line.map((each) => chunk(each, theme));
    return index === 0 ? shown : [fg(theme.text)("\n"), ...shown];
  });
  return new StyledText(chunks);
}

function chunk({ text, tone = "text", isBold = false, isChosen = false }: Span, theme: TuiThemeCurrent): TextChunk {
  const coloured = isChosen ? bg(theme.primary)(fg(theme.selectedListItemText)(text)) : fg(theme[tone])(text);
  return isBold ? bold(coloured) : coloured;
}
