import type { GuardHooksParts } from "../../src/host/guard-hooks.ts";
import type { defaultThresholds } from "./guarded-host.ts";

/**
 * What a model does, step by step. A step is one call, or several side by side: `tool arguments => result`. The arguments
 * are JSON, or the tool's main one as it is. The result is an output; `!` and an error; or, of bash, `exit N:` and an
 * output. One of a call that takes its time begins with `after N s:`. A call of a native subagent begins with `@sub`. {@link SAYS} is a message of the user.
 */
export interface Trace {
  readonly what: string;
  readonly steps: readonly Step[];
  readonly options?: Partial<typeof defaultThresholds & Pick<GuardHooksParts, "exemptTools">>;
  /** The numbers of the calls at which the guard spoke, such as `nudge 3, strong 4, block 5-8`; or `never`. */
  readonly expected: string;
}

export type Step = string | readonly string[];
export const SAYS = "the user says something";

/** The steps again and again; `#` stands for the number of the lap, from 1. */
export function times(count: number, ...steps: readonly Step[]): Step[] {
  const laps = Array.from({ length: count }, (_, index) => steps.map((step) => numbered(step, String(index + 1))));
  return laps.flat();
}

function numbered(step: Step, number: string): Step {
  return typeof step === "string" ? step.replaceAll("#", number) : step.map((call) => call.replaceAll("#", number));
}

export interface TraceCall {
  readonly sessionID: string;
  readonly tool: string;
  readonly args: unknown;
  readonly end: { readonly output: string } | { readonly error: string };
  readonly exitCode: number | undefined;
  readonly tookMs: number;
}

const MAIN_ARGUMENT: Readonly<Record<string, string>> = {
  bash: "command",
  edit: "newString",
  glob: "pattern",
  grep: "pattern",
  read: "filePath",
  task: "prompt",
  webfetch: "url",
};

/** Reads one call of a trace. */
export function parseCall(text: string): TraceCall {
  const match = /^(?<sub>@sub )?(?<tool>\S+) (?<args>.*?) => (?<result>.*)$/s.exec(text)?.groups;
  if (match === undefined) throw new Error(`No call: ${text}`);
  const { sub, tool = "", args = "" } = match;
  const [, seconds = "0.25", result = ""] = /^(?:after ([\d.]+) s: )?(.*)$/s.exec(match["result"] ?? "") ?? [];
  const exit = /^exit (\d+): (.*)$/s.exec(result);
  return {
    sessionID: sub === undefined ? "ses_main" : "ses_sub",
    tool,
    args: args.startsWith("{") ? JSON.parse(args) : { [MAIN_ARGUMENT[tool] ?? "input"]: args },
    end: result.startsWith("!") ? { error: result.slice(1) } : { output: exit?.[2] ?? result },
    exitCode: tool === "bash" ? Number(exit?.[1] ?? 0) : undefined,
    tookMs: Number(seconds) * 1000,
  };
}
