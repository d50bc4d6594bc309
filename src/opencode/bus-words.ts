import { isText, shape } from "../lib/shape.ts";

/** A command of the terminal UI that none knows. */
const HEAD = "bizar.agents ";

const isCommand = shape({ command: isText });

/**
 * Words for all who hear the events of an opencode, its plugins included: a way from the one to the other that leaves
 * nothing behind (`POST /tui/publish`, 1.18.33).
 */
export function busWords(words: string): { type: "tui.command.execute"; properties: { command: string } } {
  return { type: "tui.command.execute", properties: { command: HEAD + words } };
}

/** The words of an event; `undefined` of any other event. */
export function readBusWords(event: { readonly type: string; readonly properties?: unknown }): string | undefined {
  const { type, properties } = event;
  if (type !== "tui.command.execute" || !isCommand(properties)) return undefined;
  return properties.command.startsWith(HEAD) ? properties.command.slice(HEAD.length) : undefined;
}
