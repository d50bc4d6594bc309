import type { Note } from "../supervisor/ports.ts";

/** A note as the agent reads it below an answer: what somebody has written is quoted. */
export function noteText({ kind, text }: Note): string {
  if (kind === "limit") return text;
  const quoted = text.split("\n").map((line) => (line === "" ? ">" : `> ${line}`));
  return ["[message] The session that asked for you has written while you work. Take it into account:", ...quoted].join(
    "\n",
  );
}
