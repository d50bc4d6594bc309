import { expect, test } from "bun:test";
import type { ServerReport } from "../../../src/agent-role/server-report.ts";
import { formatServerReport } from "../../../src/agent-role/server-report.ts";
import { ServerOutput } from "../../../src/backends/warm/server-output.ts";

async function read(stderr: string, stdout = "") {
  const lines: string[] = [];
  const reports: ServerReport[] = [];
  const output = new ServerOutput({ write: (source, line) => lines.push(`[${source}] ${line}`), close() {} });
  output.nonce = "n1";
  output.onReport = (report) => reports.push(report);
  await output.drain({ stdout: new Blob([stdout]).stream(), stderr: new Blob([stderr]).stream() });
  return { lines, reports };
}

const report = { session: "ses_1", loopGuard: "[loop guard: 7 calls]" };

test("a report of the plugin inside is read also behind words that end no line, and never logged", async () => {
  const line = formatServerReport("n1", report);
  expect(await read(`${line}\n`)).toMatchObject({ lines: [], reports: [report] });
  expect(await read(`loading … ${line}\nnext\n`)).toMatchObject({
    lines: ["[stderr] loading … ", "[stderr] next"],
    reports: [report],
  });
});

test("with another nonce it is a line like any other, and on stdout there are none", async () => {
  const foreign = formatServerReport("n2", report);
  expect(await read(`a ${foreign}\n`, `b ${formatServerReport("n1", report)}\n`)).toEqual({
    lines: expect.arrayContaining([`[stderr] a ${foreign}`, expect.stringContaining("[stdout] b ")]),
    reports: [],
  });
});
