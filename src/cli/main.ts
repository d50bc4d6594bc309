#!/usr/bin/env bun
import { isCode } from "../lib/is-code.ts";
import { describeError } from "../lib/describe-error.ts";
import { CommandError } from "./command.ts";
import { runCommandLine } from "./command-line.ts";

try {
  process.exitCode = await runCommandLine(process.argv.slice(2));
} catch (error) {
  // `… | head` has seen enough.
  if (isCode(error, "EPIPE")) process.exit(0);
  process.stderr.write(`opencode-bizar: ${describeError(error)}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
