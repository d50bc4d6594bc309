import type { Hooks } from "../opencode/plugin-api.ts";
import type { Answering } from "../opencode/answer-questions.ts";
import { describeError } from "../lib/describe-error.ts";
import { MOST_SAID, type Said } from "../supervisor/questions.ts";
import { adaptChildConfig } from "./child-config.ts";
import { endSelf } from "./end-self.ts";
import { readHostEvent } from "./host-event.ts";
import { HeldCalls } from "./held-calls.ts";
import { watchLauncher } from "./launcher-watch.ts";
import { OpenAsks, type WatchAnswers } from "./open-asks.ts";
import { QuestionJudge, readQuestion } from "./questions.ts";
import { markerOf, type AgentRole } from "./role.ts";
import { watchSupervisor } from "./supervisor-watch.ts";
import { TelemetryState } from "./telemetry.ts";
import { formatTelemetry } from "./telemetry-line.ts";
import { TelemetryReporter } from "./telemetry-reporter.ts";

export interface AgentRoleParts {
  readonly role: AgentRole;
  /** The folder that the agent works in. */
  readonly directory: string;
  /** Milliseconds between two looks whether the supervisor is still there. */
  readonly supervisorCheckMs: number;
  /** Launched elsewhere: the shell that has started it. */
  readonly shell?: number | undefined;
  /** Whether the supervisor, which is gone, has left it to come to its own end. Never rejects. */
  readonly mayFinish: () => Promise<boolean>;
  /** Stops the turn of a session. */
  readonly abortSession: (sessionId: string) => Promise<unknown>;
  /** Adds the agents that the plugin provides, where the options ask for it. */
  readonly provideAgents: NonNullable<Hooks["config"]>;
  readonly writeStderr: (text: string) => void;
  /** Answers what the agent asks a person. */
  readonly answering: Answering;
  /** Where the user's answers come from. */
  readonly watchAnswers: WatchAnswers;
}

/** The plugin inside a background agent. */
export interface AgentRoleHandle {
  /** The asked agent, telemetry, and an end when nobody is left. */
  readonly hooks: Required<
    Pick<Hooks, "config" | "event" | "chat.message" | "tool.execute.before" | "tool.execute.after" | "dispose">
  >;
  readonly asks: OpenAsks;
  /** Tells who asked for the agent something; how often it may yet, `undefined` where it may not any more. */
  tellParent(said: Said): number | undefined;
  /** Whether the user was asked for a call, which is to be made again. */
  isAsked(callId: string): boolean;
  /** A text of the agent has become a loop. */
  textRepeated(): void;
  /** The loop guard has refused so many calls in a row that the run must end. */
  loopGuardGaveUp(marker: string): void;
}

/** Begins to speak, and to watch the supervisor: once in a process. */
export function startAgentRole(parts: AgentRoleParts): AgentRoleHandle {
  const { role, directory, supervisorCheckMs, shell, abortSession, writeStderr, answering } = parts;
  const report = (error: unknown) => writeStderr(`bizar: ${describeError(error)}\n`);
  const telemetry = new TelemetryState(role.sessionId, Date.now(), directory);
  const reporter = new TelemetryReporter(telemetry, (report) =>
    writeStderr(`${formatTelemetry(role.nonce, report)}\n`),
  );
  const abort = async () => {
    const { sessionId } = telemetry.report(Date.now());
    if (sessionId !== null) await abortSession(sessionId);
  };
  let said = 0;
  const asks = new OpenAsks({
    waitMs: role.permissionWaitMs ?? 0,
    watch: parts.watchAnswers,
    changed(asked, isOpen) {
      telemetry.asking.changed(asked, isOpen, Date.now());
      reporter.speak();
    },
  });
  const held = (callId: string) => telemetry.asking.held(callId);
  const calls = new HeldCalls({ judge: new QuestionJudge(role), asks, answering, directory, held, report });
  const end = async () => await endSelf({ instanceId: markerOf(role) }, abort);
  // The user may have let it finish when they quit.
  const endUnlessLeft = async () => {
    if (!(await parts.mayFinish())) await end();
  };
  if (shell !== undefined) watchLauncher({ shell, nonce: role.nonce }, supervisorCheckMs, () => void end());
  else if (role.onExit === "kill") watchSupervisor(role, supervisorCheckMs, () => void endUnlessLeft());
  reporter.speak();
  return {
    hooks: roleHooks(parts, telemetry, reporter, calls),
    asks,
    tellParent(words) {
      if (said === MOST_SAID) return undefined;
      said += 1;
      telemetry.asking.says(words);
      reporter.speak();
      return MOST_SAID - said;
    },
    isAsked: (callId) => calls.isAsked(callId),
    textRepeated() {
      telemetry.textRepeated();
      reporter.changed();
    },
    loopGuardGaveUp(marker) {
      telemetry.loopGuardGaveUp(marker);
      // The supervisor ends the run: each moment more is a call more.
      reporter.speak();
    },
  };
}

function roleHooks(
  { role, provideAgents }: AgentRoleParts,
  telemetry: TelemetryState,
  reporter: TelemetryReporter,
  calls: HeldCalls,
): AgentRoleHandle["hooks"] {
  return {
    async config(config) {
      await provideAgents(config);
      adaptChildConfig(config, role.agent);
    },
    async event({ event }) {
      // Before anything else: `opencode run` rejects it without a word within 10 to 90 ms, and knows nothing of a
      // subagent that was told to go on.
      const question = readQuestion(event);
      if (question !== undefined) calls.asked(question);
      const known = readHostEvent(event);
      if (known === undefined) return;
      const isNews = telemetry.apply(known, Date.now());
      // What another plugin does at the exit may leave no other moment for it.
      if (isNews && telemetry.isOver) reporter.speak();
      else if (isNews) reporter.changed();
      else reporter.touched();
    },
    async "chat.message"({ sessionID }, { message }) {
      if (telemetry.prompted(sessionID, message.id)) reporter.changed();
    },
    "tool.execute.before": async (call, { args }) => await calls.before(call, args),
    "tool.execute.after": async ({ callID }) => calls.after(callID),
    // The process may go on, with the plugin made anew: so do the watch and the reporter, which keep nothing alive.
    async dispose() {
      reporter.speak();
    },
  };
}
