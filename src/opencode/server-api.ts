/** opencode's own client of an `opencode serve`. */
export { createOpencodeClient, type OpencodeClient } from "@opencode-ai/sdk/v2/client";
