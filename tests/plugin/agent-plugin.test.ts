import type { PluginInput } from "@opencode-ai/plugin";
import { expect, spyOn, test } from "bun:test";
import { parseTelemetry } from "../../src/agent-role/telemetry-line.ts";
import type { AgentRole } from "../../src/agent-role/role.ts";
import { agentPlugin } from "../../src/plugin/agent-plugin.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { sampleId } from "../supervisor/sample-instance.ts";
import { sessionCreated, stepFinish, tool } from "../agent-role/host-events.ts";

const nonce = "0123456789abcdef";

test("opencode makes the plugin anew in the middle of a run: its counts go on, also from events that come twice", async () => {
  const directory = temporaryFolder();
  const role: AgentRole = {
    ...{
      instanceId: sampleId(1),
      nonce,
      agent: "thor",
      sessionId: null,
      turn: "initial",
      skipPermissions: false,
      onExit: "finish",
    },
    supervisor: { pid: process.pid, startTime: "1" },
    guard: {
      ...{
        isEnabled: false,
        loopThresholdWarn: 5,
        loopThresholdEscalate: 8,
        loopThresholdBlock: 12,
        loopWindowSize: 10,
      },
      ...{ loopExemptTools: [], sessionDir: directory, logDir: directory, logRotationBytes: 1024, logsDisabled: true },
    },
  };
  const written: string[] = [];
  const stderr = spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text).trimEnd());
    return true;
  });
  try {
    const input = { directory, worktree: directory, client: {} } as unknown as PluginInput;
    const make = () =>
      agentPlugin(role, { input, options: {}, moduleUrl: "file:///plugin.ts", supervisorCheckMs: 1000 });
    const counts = () => {
      const { toolCallCount, costUsd, tokens } = parseTelemetry(nonce, written.at(-1) ?? "") ?? {};
      return { toolCallCount, costUsd, input: tokens?.input };
    };
    const tell = async (hooks: ReturnType<typeof make>, events: readonly { readonly type: string }[]) => {
      for (const event of events) await hooks.event?.({ event: event as never });
    };
    const first = make();
    const one = [sessionCreated("ses_own"), tool("bash", "completed", "prt_1"), stepFinish("prt_2")];
    await tell(first, one);
    await first.dispose?.();
    const before = counts();
    expect(before).toMatchObject({ toolCallCount: 1 });
    const second = make();
    await tell(second, [...one, tool("read", "completed", "prt_3"), stepFinish("prt_4")]);
    await second.dispose?.();
    expect(counts()).toEqual({
      toolCallCount: 2,
      costUsd: 2 * (before.costUsd ?? 0),
      input: 2 * (before.input ?? 0),
    });
    const told = written.map((line) => parseTelemetry(nonce, line)?.toolCallCount ?? 0);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  } finally {
    stderr.mockRestore();
  }
});
