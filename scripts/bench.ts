import { parseArgs } from "node:util";
import type { Benchmark, Figure } from "./bench/benchmark.ts";
import { canvas } from "./bench/canvas.ts";
import { launchers, pool } from "./bench/elsewhere.ts";
import { guardCost } from "./bench/guard-cost.ts";
import { ledger } from "./bench/ledger.ts";
import { logFlood } from "./bench/log-flood.ts";
import { ownFolder } from "./bench/own-folder.ts";
import { pluginLoad } from "./bench/plugin-load.ts";
import { recordsAtStart } from "./bench/records-at-start.ts";
import { jsonLines, table } from "./bench/report.ts";
import { sessionId } from "./bench/session-id.ts";
import { terminalChange } from "./bench/terminal-change.ts";
import { terminalStart } from "./bench/terminal-start.ts";
import { textRepetition } from "./bench/text-repetition.ts";
import { tokens } from "./bench/tokens.ts";
import { warmAgent } from "./bench/warm-agent.ts";
import { warmLongSession } from "./bench/warm-long-session.ts";
import { warmMany } from "./bench/warm-many.ts";
import { watchdogs } from "./bench/watchdogs.ts";
import { wholeAgent } from "./bench/whole-agent.ts";

const BENCHMARKS: readonly Benchmark[] = [
  sessionId,
  wholeAgent,
  pluginLoad,
  terminalStart,
  terminalChange,
  logFlood,
  recordsAtStart,
  guardCost,
  ledger,
  textRepetition,
  tokens,
  watchdogs,
  warmAgent,
  warmMany,
  warmLongSession,
  launchers,
  pool,
  ownFolder,
  canvas,
];
const NAMES = BENCHMARKS.map(({ name }) => name);
const USAGE = `bun run bench [name …] [--rounds N] [--json]

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(17)}  ${about}`).join("\n")}
`;

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  allowPositionals: true,
  options: { json: { type: "boolean" }, rounds: { type: "string" }, help: { type: "boolean" } },
});
const unknown = positionals.filter((name) => !NAMES.includes(name));
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
const badRounds = rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0);
if (values.help === true || unknown.length > 0 || badRounds) {
  process.stderr.write(unknown.length > 0 ? `There is no benchmark ${unknown.join(", ")}.\n\n${USAGE}` : USAGE);
  process.exit(values.help === true ? 0 : 2);
}

const figures: Figure[] = [];
for (const benchmark of BENCHMARKS) {
  if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
  if (values.json !== true) process.stderr.write(`${benchmark.name}: ${benchmark.about}\n`);
  const own = await benchmark.run({ rounds });
  figures.push(...own.map((figure) => ({ benchmark: benchmark.name, ...figure })));
}
process.stdout.write(values.json === true ? jsonLines(figures) : `\n${table(figures)}\n${jsonLines(figures)}`);
