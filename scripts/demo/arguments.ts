import { parseArgs } from "node:util";

/** What the person who runs the demo asked for. */
export type DemoArguments =
  | { readonly kind: "help" }
  /** The embedded model server with scripted answers. */
  | { readonly kind: "scripted" }
  /** The user's own opencode configuration; `model` overrides its default. */
  | { readonly kind: "live"; readonly model: string | null }
  | { readonly kind: "wrong"; readonly problem: string };

export const COMMAND = "npx --yes bun@1.3.14 run demo";

export const USAGE = `Shows two background agents at work in a real opencode, from start to end.

  ${COMMAND}                              scripted answers: no key, no network
  ${COMMAND} --live                       your own opencode configuration and its default model
  ${COMMAND} --live --model <provider/model>
  ${COMMAND} --help

It works in a throw-away folder, which it keeps and names at the end. Exit code 0: both results came back.`;

const MODEL = /^[^/]+\/.+$/;

export function readArguments(given: readonly string[]): DemoArguments {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        help: { type: "boolean", short: "h", default: false },
        live: { type: "boolean", default: false },
        model: { type: "string" },
      },
    });
    if (values.help) return { kind: "help" };
    const { live, model = null } = values;
    if (model !== null && !live) return { kind: "wrong", problem: "--model goes with --live." };
    if (model !== null && !MODEL.test(model)) {
      return { kind: "wrong", problem: `--model expects provider/model, not "${model}".` };
    }
    return live ? { kind: "live", model } : { kind: "scripted" };
  } catch (error) {
    return { kind: "wrong", problem: error instanceof Error ? error.message : String(error) };
  }
}
