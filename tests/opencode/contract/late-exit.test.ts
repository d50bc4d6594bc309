import { expect } from "bun:test";
import { join } from "node:path";
import { PLUGIN } from "../../../scripts/scripted-host/sandbox.ts";
import { bash } from "../rig.ts";
import { living, onBothBackends } from "./on-both-backends.ts";

const hangingDispose = join(import.meta.dir, "../../fixtures/plugins/hanging-dispose.ts");
const contract = onBothBackends({ config: { plugin: [PLUGIN, hangingDispose] } });

contract.onProcess(
  "an agent whose opencode another plugin keeps from its exit is done with its result, and goes on",
  async (on) => {
    on.plan("work, then hang", { text: "I look.", calls: [bash("echo looked")] }, { text: "All of it." });
    on.plan("once more", { text: "And more." });
    const agent = (await on.delegate([{ prompt: "work, then hang" }])).collected[0];
    expect(agent).toMatchObject({ status: "done", result: "All of it." });
    expect(living(agent)).toEqual([]);
    // While it hangs opencode makes the plugin anew, which has seen nothing: no count falls.
    const { toolCallCount, tokens, costUsd } = await on.record(agent.instanceId);
    expect([toolCallCount, tokens.input, costUsd > 0]).toEqual([1, 20, true]);
    await on.call("bizar_send_message", { instanceId: agent.instanceId, prompt: "once more" });
    expect(await on.call("bizar_collect", { instanceId: agent.instanceId })).toMatchObject({
      status: "done",
      result: "And more.",
    });
  },
);
