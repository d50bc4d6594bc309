import { readArguments, USAGE } from "./demo/arguments.ts";
import { Narrator } from "./demo/narrator.ts";
import { perform } from "./demo/perform.ts";
import { SCRIPTED_FILE } from "./demo/scripted-answers.ts";
import { liveStage, scriptedStage } from "./demo/stage.ts";

const SCRIPTED_LIMIT_MS = 180_000;
const LIVE_LIMIT_MS = 900_000;

const given = readArguments(process.argv.slice(2));
if (given.kind === "help") {
  console.log(USAGE);
  process.exit(0);
}
if (given.kind === "wrong") {
  console.error(`${given.problem}\n\n${USAGE}`);
  process.exit(2);
}

const end = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => end.abort(`It was ended by ${signal}.`));
}
const limitMs = given.kind === "live" ? LIVE_LIMIT_MS : SCRIPTED_LIMIT_MS;
const limit = setTimeout(() => end.abort(`It took longer than ${limitMs / 60_000} minutes.`), limitMs);

console.log("Bizar: two background agents at work in a real opencode.\n");
const stage = given.kind === "live" ? await liveStage(given.model) : await scriptedStage();
const narrator = new Narrator();
narrator.say("demo", `model: ${stage.model}`);
narrator.say("demo", `project: ${stage.sandbox.project}`);
narrator.say("demo", "opencode run --agent odin starts; odin is asked to send out mimir and thor …");
const wentWell = await perform({
  stage,
  narrator,
  expected: given.kind === "live" ? null : SCRIPTED_FILE,
  signal: end.signal,
});
clearTimeout(limit);
await stage.stop();
process.exit(wentWell ? 0 : 1);
