/** What opencode's terminal gives its half of a plugin, and what a session is in it. Types alone. */
export type { TuiPluginApi, TuiPluginModule, TuiThemeCurrent } from "@opencode-ai/plugin/tui";
export type { Message, Part } from "@opencode-ai/sdk/v2";
