import type { Hooks } from "../opencode/plugin-api.ts";

/** The hooks that are no functions, or not called with an input and an output. */
type Plain = "tool" | "auth" | "provider";
type Call = (input: never, output: never) => Promise<void>;

/** Several sides' hooks in one: what more than one has runs one after the other, in this order, up to a throw. */
export function joinHooks(...sides: readonly Omit<Hooks, "auth" | "provider">[]): Hooks {
  const joined: Record<string, unknown> = {};
  for (const side of sides) {
    for (const [name, hook] of Object.entries(side)) {
      if (hook === undefined) continue;
      const before = joined[name];
      if (before === undefined) joined[name] = hook;
      else if ((name as Plain) === "tool") joined[name] = { ...(before as object), ...(hook as object) };
      else joined[name] = inTurn(before as Call, hook as Call);
    }
  }
  return joined;
}

function inTurn(first: Call, second: Call): Call {
  return async (input, output) => {
    await first(input, output);
    await second(input, output);
  };
}
