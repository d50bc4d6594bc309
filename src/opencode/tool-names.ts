// opencode's own tools, by these names and by those that they had before (1.18.33).

export const BASH = "bash";
export const READ = "read";
export const GLOB = "glob";
export const WRITE = "write";
/** Changes a part of a file. As a permission it is for all that change files. */
export const EDIT = "edit";
/** Runs a native subagent. */
export const TASK = "task";
export const QUESTION = "question";

/** They change a part of the file that `filePath` names. */
export const EDITS: readonly string[] = [EDIT, "multiedit"];
/** They change the files that `patchText` names. */
export const PATCHES: readonly string[] = ["patch", "apply_patch"];
export const CHANGING_FILES: readonly string[] = [...EDITS, WRITE, ...PATCHES];
export const SEARCHING_FILES: readonly string[] = ["grep", GLOB, "list", "lsp"];
export const PLAN_MODE: readonly string[] = ["plan_enter", "plan_exit"];
export const TODO_LIST: readonly string[] = ["todowrite", "todoread"];

/** They change nothing. A call of a tool that is not offered becomes one of `invalid`. */
export const READING: readonly string[] = [
  READ,
  ...SEARCHING_FILES,
  "webfetch",
  "websearch",
  "codesearch",
  "skill",
  "invalid",
];
/** They may change something. Any tool beside all these is of an MCP server or a plugin. */
export const ACTING: readonly string[] = [BASH, ...CHANGING_FILES, TASK, "batch", ...PLAN_MODE];

/** No tool, but a permission: what opencode asks for before the third of the same calls in one message. */
export const DOOM_LOOP = "doom_loop";
