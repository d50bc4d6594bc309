/** What opencode and its plugins give each other. Types alone: a start loads nothing of the host's packages. */
export type { Config, Hooks, Plugin, PluginInput, PluginOptions } from "@opencode-ai/plugin";
export type { ToolContext, ToolDefinition, ToolResult } from "@opencode-ai/plugin/tool";
