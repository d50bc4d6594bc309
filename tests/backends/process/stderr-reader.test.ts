import { describe, expect, test } from "bun:test";
import { TelemetryState } from "../../../src/agent-role/telemetry.ts";
import { formatTelemetry } from "../../../src/agent-role/telemetry-line.ts";
import { formatTreeReport } from "../../../src/agent-role/tree-report.ts";
import { readStderrLine, type StderrFact } from "../../../src/backends/process/stderr-reader.ts";

const nonce = "0123456789abcdef";
/** How opencode 1.18.33 begins a line that people should see. */
const mark = "\x1b[93m\x1b[1m! \x1b[0m";

const notFound = 'agent "zzz" not found. Falling back to default agent';
const isSubagent = 'agent "subby" is a subagent, not a primary agent. Falling back to default agent';
const session =
  'timestamp=2026-11-20T23:51:34.266Z level=INFO run=5df3488a message=created id=ses_e04a09f85ffebdxnydAOdsIXkt slug=quick-comet version=1.18.33 projectID=global directory=/tmp/x/proj path=tmp/x/proj workspaceID=undefined parentID=undefined title="New session" agent=undefined';
const noModel = String.raw`timestamp=2026-11-20T23:51:38.410Z level=ERROR run=a4cc8ad6 message=failed ref=err_29eac88a error="ProviderModelNotFoundError: Model not found: scripted/nope." cause="ProviderModelNotFoundError: ...\n    at <anonymous>"`;
const boom = String.raw`timestamp=2026-11-20T23:51:43.635Z level=ERROR run=daf3f043 message=process session.id=ses_x messageID=msg_x error="boom happened" stack="AI_APICallError: boom happened\n    at x"`;

const telemetry = new TelemetryState("ses_own", 1, "/project").report(1);

const permission = (permission: string, detail: string): StderrFact => ({
  type: "permission_rejected",
  permission,
  detail,
});

describe("lines that opencode writes", () => {
  const cases: [what: string, line: string, fact: StderrFact][] = [
    [
      "a permission that nobody can give",
      `${mark}permission requested: bash (echo 1); auto-rejecting`,
      permission("bash", "echo 1"),
    ],
    ["the same without colours", "! permission requested: bash (echo 1); auto-rejecting", permission("bash", "echo 1")],
    [
      "parentheses in the command",
      `${mark}permission requested: bash (echo $(id) (x)); auto-rejecting`,
      permission("bash", "echo $(id) (x)"),
    ],
    ["no detail", `${mark}permission requested: webfetch (); auto-rejecting`, permission("webfetch", "")],
    ["a command of several lines", `${mark}permission requested: bash (cat <<EOF`, permission("bash", "cat <<EOF")],
    ["a subagent", `${mark} ${isSubagent}`, { type: "agent_fallback", reason: "wrong_agent", detail: isSubagent }],
    ["an unknown agent", `${mark} ${notFound}`, { type: "agent_fallback", reason: "agent_unknown", detail: notFound }],
    ["a new session", session, { type: "session_created", sessionId: "ses_e04a09f85ffebdxnydAOdsIXkt" }],
    ["an unknown model", noModel, { type: "model_unknown", detail: "Model not found: scripted/nope." }],
    ["an error of the provider", boom, { type: "host_error", detail: "boom happened" }],
    [
      "quotes in an error",
      boom.replace("boom happened", String.raw`no \"key\" given`),
      { type: "host_error", detail: 'no "key" given' },
    ],
    [
      "an error without words",
      "timestamp=2026-11-20T23:51:43.635Z level=ERROR run=1 message=odd",
      { type: "host_log" },
    ],
    [
      "any other line of its log",
      "timestamp=2026-11-20T23:51:43.635Z level=INFO run=1 message=init",
      { type: "host_log" },
    ],
    [
      "a warning that mentions an error",
      'timestamp=2026-11-20T23:51:43.635Z level=WARN run=1 error="slow"',
      { type: "host_log" },
    ],
    ["telemetry of its own child", formatTelemetry(nonce, telemetry), { type: "telemetry", telemetry }],
    [
      "telemetry that was cut",
      formatTelemetry(nonce, telemetry).slice(0, -5),
      { type: "telemetry", telemetry: undefined },
    ],
  ];
  for (const [what, line, fact] of cases) {
    test(what, () => expect(readStderrLine(nonce, line)).toMatchObject(fact));
  }
});

describe("lines that only look like them", () => {
  const lines = [
    "",
    "permission requested: bash (echo 1); auto-rejecting",
    `the user wrote: ${mark}permission requested: bash (echo 1); auto-rejecting`,
    `echo '${notFound}'`,
    `! ${notFound}, said the docs`.replace("Falling back", "falling back"),
    "message=created id=ses_fake",
    formatTelemetry("another-nonce-16", telemetry),
    "Error: something broke",
  ];
  for (const line of lines) {
    test(JSON.stringify(line), () => expect(readStderrLine(nonce, line)).toEqual({ type: "other" }));
  }
});

test("an id that a title carries is not taken for the session's own", () => {
  const titled = session.replace("New session", "message=created id=ses_fake");
  expect(readStderrLine(nonce, titled)).toMatchObject({ sessionId: "ses_e04a09f85ffebdxnydAOdsIXkt" });
});

describe("what the plugin inside says of processes", () => {
  const strays = [{ pid: 7, startTime: "1", owners: ["bgr_1"] }];

  test("is told: what runs without a marker, and why it is no agent of this host", () => {
    expect(readStderrLine(nonce, formatTreeReport(nonce, { strays }))).toEqual({ type: "strays", strays });
    expect(readStderrLine(nonce, formatTreeReport(nonce, { orphan: "x" }))).toEqual({ type: "orphan", why: "x" });
  });

  test("counts from nobody else, and in no other shape", () => {
    expect(readStderrLine(nonce, formatTreeReport("fedcba9876543210", { strays }))).toEqual({ type: "other" });
    const cut = formatTreeReport(nonce, { strays }).slice(0, -9);
    const misshapen = JSON.stringify({ bizar: nonce, tree: { strays: [{ pid: "7" }] } });
    for (const line of [cut, misshapen]) expect(readStderrLine(nonce, line).type).toBe("telemetry");
  });
});
