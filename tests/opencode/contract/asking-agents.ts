import { ASKED_USER } from "../../../src/opencode/refusals.ts";
import type { Question } from "../../../src/supervisor/questions.ts";
import { operator, until, type Answer, type Step } from "../rig.ts";
import type { ToolCall } from "../../../scripts/scripted-host/scripted-model.ts";
import type { OnBackend } from "./on-both-backends.ts";

/** An agent that has to ask for what it does with `touch` and `rm`. */
export const ASKER = {
  mode: "subagent",
  description: "Asks",
  permission: { bash: { "*": "allow", "touch *": "ask", "rm *": "ask", "mv *": "deny" } },
};

/** The calls, once more where the plugin has asked the user and says so, and then what the tools have answered. */
export function insisting(...calls: ToolCall[]): Step[] {
  const step: Step = ({ toolResults }) => {
    const last = toolResults.slice(-calls.length);
    const again = calls.filter((_, index) => last[index] === ASKED_USER);
    return again.length > 0
      ? { calls: again }
      : { text: toolResults.filter((text) => text !== ASKED_USER).join(" | ") };
  };
  return [{ calls }, step, step, step];
}

/** What an agent has asked, once it has this many questions open. */
export async function asked(on: OnBackend, { instanceId }: Answer, open = 1) {
  const read = async () => (await on.record(instanceId)).questions;
  await until("it asks", async () => (await read()).filter(({ state }) => state === "open").length === open);
  return await read();
}

/** Answers as the user does in a terminal. */
export async function reply(
  on: OnBackend,
  { instanceId }: Answer,
  verb: "allow" | "deny" | "answer",
  ...words: string[]
) {
  const { exitCode, stderr } = await operator(on, verb, instanceId, ...words);
  if (exitCode !== 0) throw new Error(stderr);
}

/** What came of an agent's questions, as its record has it. */
export async function outcomes(on: OnBackend, { instanceId }: Answer): Promise<Pick<Question, "what" | "state">[]> {
  return (await on.record(instanceId)).questions.map(({ what, state }) => ({ what, state }));
}
