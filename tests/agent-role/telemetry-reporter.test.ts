import { afterEach, beforeEach, expect, jest, test } from "bun:test";
import { TelemetryState } from "../../src/agent-role/telemetry.ts";
import { formatTelemetry, parseTelemetry } from "../../src/agent-role/telemetry-line.ts";
import { TelemetryReporter } from "../../src/agent-role/telemetry-reporter.ts";
import { sessionCreated, tool } from "./host-events.ts";

const nonce = "0123456789abcdef";
let written: string[];
let state: TelemetryState;
let reporter: TelemetryReporter;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000_000 });
  written = [];
  state = new TelemetryState(null, Date.now(), "/project");
  reporter = new TelemetryReporter(state, (report) => void written.push(`${formatTelemetry(nonce, report)}\n`));
});

afterEach(() => {
  reporter.close();
  jest.useRealTimers();
});

test("a change is reported at once, as one whole line", () => {
  state.apply(sessionCreated("ses_own"), Date.now());
  reporter.changed();
  expect(written).toHaveLength(1);
  expect(written[0]).toEndWith("}\n");
  expect(parseTelemetry(nonce, written[0]!.trimEnd())).toMatchObject({ sessionId: "ses_own", activity: "starting" });
});

test("however many changes, there are at most ten reports a second, and the last change is in one", () => {
  for (let each = 0; each < 100; each++) {
    state.apply(tool("bash", "running", `prt_${each}`), Date.now());
    reporter.changed();
    jest.advanceTimersByTime(9);
  }
  expect(written.length).toBeLessThanOrEqual(10);
  jest.advanceTimersByTime(250);
  const reports = written.map((line) => parseTelemetry(nonce, line)!);
  expect(reports.at(-1)!.toolCallCount).toBe(100);
  expect(reports.flatMap(({ tools }) => tools)).toHaveLength(100);
});

test("when nothing changes, a heartbeat comes every five seconds", () => {
  jest.advanceTimersByTime(4999);
  expect(written).toHaveLength(0);
  jest.advanceTimersByTime(10_001);
  expect(written).toHaveLength(3);
});

test("a change that waits is not reported twice when it is spoken before", () => {
  reporter.changed();
  reporter.changed();
  reporter.speak();
  jest.advanceTimersByTime(1000);
  expect(written).toHaveLength(2);
});

test("a mere sign of life is told within a second; a change that comes meanwhile is not made to wait for it", () => {
  reporter.speak();
  reporter.touched();
  jest.advanceTimersByTime(999);
  expect(written).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(written).toHaveLength(2);
  reporter.touched();
  reporter.changed();
  jest.advanceTimersByTime(250);
  expect(written).toHaveLength(3);
  jest.advanceTimersByTime(1200);
  expect(written).toHaveLength(3);
});

test("its last words are a report, and then it is quiet", () => {
  reporter.changed();
  reporter.changed();
  reporter.close();
  expect(written).toHaveLength(2);
  jest.advanceTimersByTime(60_000);
  expect(written).toHaveLength(2);
});
