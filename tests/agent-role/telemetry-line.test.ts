import { describe, expect, test } from "bun:test";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import { formatTelemetry, parseTelemetry, type Telemetry } from "../../src/agent-role/telemetry-line.ts";
import { noTokens } from "../../src/supervisor/instance.ts";

const nonce = "0123456789abcdef";
const telemetry: Telemetry = {
  ...new TelemetryState(null, 0, "/project").report(0),
  sessionId: "ses_own",
  agent: 'the "quoted" agent',
  activity: "tool näive\nname",
  toolCallCount: 2,
  tokens: { ...noTokens, input: 7 },
  costUsd: 0.001,
  lastActivityAt: 1_000_000,
  tools: [{ call: "prt_a", tool: "bash", state: "started", what: "bun test", at: 999_999 }],
};

test("what is written is what is read, on one line", () => {
  const line = formatTelemetry(nonce, telemetry);
  expect(line).not.toContain("\n");
  expect(parseTelemetry(nonce, line)).toMatchObject(telemetry);
});

describe("any other line is no telemetry", () => {
  const line = formatTelemetry(nonce, telemetry);
  const others: [what: string, line: string][] = [
    ["another nonce", formatTelemetry("fedcba9876543210", telemetry)],
    ["no nonce", JSON.stringify(telemetry)],
    ["a start of one", line.slice(0, -10)],
    ["the end of one", line.slice(10)],
    ["something in front of it", `x${line}`],
    ["nothing", ""],
    ["a log line", "timestamp=2026-11-20T23:51:34.266Z level=INFO message=created id=ses_a"],
  ];
  for (const [what, other] of others) {
    test(what, () => expect(parseTelemetry(nonce, other)).toBeUndefined());
  }
});
