import { describeError } from "../lib/describe-error.ts";
import type { Answer } from "../halves/messages.ts";
import type { Decision } from "../plans/plan.ts";
import type { AnswerVerb } from "../supervisor/answer-words.ts";
import { plainLine } from "../text/plain-text.ts";
import { asksOf, isAlive, nameOf, titleOf, type AgentNow } from "./agent-now.ts";
import { keyOfPlan } from "./agent-list.ts";
import type { Act } from "./screen-state.ts";
import type { Said, World } from "./world.ts";

const QUESTION_CHARACTERS = 200;

/** What an act is about. */
export interface ActOn {
  readonly agent: AgentNow | undefined;
  readonly plan: string | undefined;
  /** Opens a row. */
  readonly open: (key: string) => void;
  readonly leave: () => void;
}

/** Does what a key of the screen asks for. */
export function act(world: World, wanted: Act, on: ActOn): void {
  const { agent, plan } = on;
  switch (wanted) {
    case "leave":
      on.leave();
      return;
    case "approve":
      if (plan !== undefined) decide(world, plan, "approved", "Approve the plan", on.leave);
      return;
    case "ask_for_changes":
      if (plan !== undefined) decide(world, plan, "changes_requested", "Ask for changes", on.leave);
      return;
    case "reject":
      if (plan !== undefined) decide(world, plan, "rejected", "Reject the plan", on.leave);
      return;
    case "allow":
      if (agent !== undefined) answer(world, agent, "allow", []);
      return;
    case "allow_always":
      if (agent !== undefined) answer(world, agent, "allow", ["always"]);
      return;
    case "deny":
      if (agent !== undefined) answerInWords(world, agent, "deny");
      return;
    case "answer":
      if (agent !== undefined) answerInWords(world, agent, "answer");
      return;
    case "end":
    case "message":
    case "plan":
    case "session":
    case "copy_id":
    case "copy_result":
      if (agent !== undefined) actOnAgent(world, wanted, agent, on);
      return;
  }
}

function actOnAgent(
  world: World,
  wanted: "end" | "message" | "plan" | "session" | "copy_id" | "copy_result",
  agent: AgentNow,
  { open }: ActOn,
): void {
  const { api } = world;
  const { record } = agent;
  switch (wanted) {
    case "end":
      if (isAlive(agent)) confirmEnd(world, agent);
      else say(world, "info", `${nameOf(agent)} has ended already.`);
      return;
    case "message":
      askForMessage(world, agent);
      return;
    case "plan":
      if (record.planTask === null) say(world, "info", `${nameOf(agent)} works on no plan's task.`);
      else open(keyOfPlan(record.planTask.slug));
      return;
    case "session":
      if (record.sessionId === null) say(world, "info", "It has no session yet.");
      // opencode's own view of a session that another process writes is a picture that stands still.
      else if (isAlive(agent))
        say(world, "info", "It runs in another process: Enter shows it live. Its session opens once it has ended.");
      else api.route.navigate("session", { sessionID: record.sessionId });
      return;
    case "copy_id":
      copy(world, record.instanceId, `The id of ${nameOf(agent)}`);
      return;
    case "copy_result":
      void copyResult(world, agent);
      return;
  }
}

function confirmEnd(world: World, agent: AgentNow): void {
  const { ui } = world.api;
  const title = `End ${nameOf(agent)}?`;
  const message = `"${titleOf(agent)}" ends with everything that it started. No agent is woken by it.`;
  const onConfirm = () =>
    tell(world, async () => {
      const { askForAgent } = await import("./acts.ts");
      return await askForAgent(world, agent, { kind: "kill", isUsers: true }, `${nameOf(agent)} is being ended.`);
    });
  ui.dialog.replace(() => ui.DialogConfirm({ title, message, onConfirm }));
}

function askForMessage(world: World, agent: AgentNow): void {
  const { ui } = world.api;
  const onConfirm = (prompt: string) => {
    ui.dialog.clear();
    if (prompt.trim() === "") return;
    tell(world, async () => {
      const { askForAgent } = await import("./acts.ts");
      return await askForAgent(world, agent, { kind: "send", prompt, now: true }, `${nameOf(agent)} has your message.`);
    });
  };
  const placeholder = "It reads this at its next step";
  ui.dialog.replace(() => ui.DialogPrompt({ title: `To ${nameOf(agent)}: ${titleOf(agent)}`, placeholder, onConfirm }));
}

function answer(world: World, { record }: AgentNow, verb: AnswerVerb, words: readonly string[]): void {
  const { instanceId } = record;
  const { directory } = world.api.state.path;
  tell(world, async () => await world.halves.ask(directory, { kind: "answer", verb, instanceId, words }));
}

function answerInWords(world: World, agent: AgentNow, verb: AnswerVerb): void {
  const { ui } = world.api;
  const [asked] = asksOf(agent);
  if (asked === undefined) return;
  const onConfirm = (words: string) => {
    ui.dialog.clear();
    answer(world, agent, verb, words.trim() === "" ? [] : [words.trim()]);
  };
  const title = `${verb === "deny" ? "Refuse" : "Answer"} ${nameOf(agent)}: ${plainLine(asked.what, QUESTION_CHARACTERS)}`;
  const choices = asked.options ?? [];
  const placeholder = verb === "deny" ? "What it should do instead, or nothing" : choices.join(" | ") || "Your answer";
  ui.dialog.replace(() => ui.DialogPrompt({ title, placeholder, onConfirm }));
}

function decide(world: World, slug: string, decision: Decision, title: string, done: () => void): void {
  const { ui, state } = world.api;
  const onConfirm = (note: string) => {
    ui.dialog.clear();
    tell(
      world,
      async () => await world.halves.ask(state.path.directory, { kind: "decide", slug, decision, note: note.trim() }),
      done,
    );
  };
  const placeholder = "A note to the agent, or nothing";
  ui.dialog.replace(() => ui.DialogPrompt({ title: `${title} ${slug}`, placeholder, onConfirm }));
}

function copy(world: World, text: string, what: string): void {
  const isTaken = world.api.renderer.copyToClipboardOSC52(text);
  if (isTaken) say(world, "success", `${what} was copied.`);
  else say(world, "warning", `Your terminal takes nothing into its clipboard. ${what}: ${text.slice(0, 200)}`);
}

function tell(world: World, ask: () => Promise<Answer>, done: () => void = () => undefined): void {
  void (async () => {
    const answer = await ask().catch((error: unknown): Answer => ({ ok: false, error: describeError(error) }));
    say(world, answer.ok ? "success" : "error", answer.ok ? answer.text : answer.error);
    if (answer.ok) done();
  })();
}

async function copyResult(world: World, agent: AgentNow): Promise<void> {
  const { resultOf } = await import("./acts.ts");
  const text = await resultOf(world, agent);
  if (text === undefined) say(world, "info", `${nameOf(agent)} has no result yet.`);
  else copy(world, text, `The result of ${nameOf(agent)}`);
}

function say(world: World, tone: Said["tone"], text: string): void {
  world.say({ tone, text });
}
