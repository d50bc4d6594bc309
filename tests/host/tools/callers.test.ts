import { describe, expect, test } from "bun:test";
import { sampleId } from "../../supervisor/sample-instance.ts";
import { createToolRig } from "../tool-rig.ts";

const forSupervisors: [tool: string, args: Record<string, unknown>][] = [
  ["spawn_background", { agent: "mimir", prompt: "Go." }],
  ["collect", { instanceId: sampleId(1) }],
  ["kill", { instanceId: sampleId(1) }],
];

for (const [tool, args] of forSupervisors) {
  describe(`bizar_${tool}`, () => {
    test("refuses another agent than Odin, and says what it can do", async () => {
      const rig = createToolRig();
      const { metadata, value } = await rig.call(tool, args, { agent: "build" });
      expect(value).toMatchObject({ agent: "build", supervisorAgents: ["odin"] });
      for (const word of [`bizar_${tool} is for odin`, '"build"', "supervisorAgents"]) {
        expect(value.error).toContain(word);
      }
      expect(metadata).toEqual({ error: true });
      expect(rig.journal).toEqual([]);
    });

    test("refuses before it looks at the arguments", async () => {
      expect((await createToolRig().call(tool, "garbage", { agent: "build" })).value.agent).toBe("build");
    });

    test("is open to those that supervisorAgents names, and to no other", async () => {
      const rig = createToolRig(8, { supervisorAgents: ["build", "plan"] });
      const refused = async (agent: string) => {
        const { value } = await rig.call(tool, args, { agent, abort: AbortSignal.abort() });
        return "supervisorAgents" in value;
      };
      expect([await refused("build"), await refused("plan"), await refused("odin")]).toEqual([false, false, true]);
    });

    test("is open to all with a star", async () => {
      const rig = createToolRig(8, { supervisorAgents: ["*"] });
      const { value } = await rig.call(tool, args, { agent: "anyone", abort: AbortSignal.abort() });
      expect(value).not.toHaveProperty("supervisorAgents");
    });

    test("does not throw, whatever goes wrong inside", async () => {
      const rig = createToolRig();
      rig.catalog.find = async () => await Promise.reject(new Error("the disk is gone"));
      const { value } = await rig.call(tool, args, { abort: AbortSignal.abort() });
      expect(value.error).toBe(`bizar_${tool} failed: the disk is gone`);
    });

    test("does not throw for arguments that cannot even be shown", async () => {
      const circular: Record<string, unknown> = {};
      circular["instanceId"] = circular;
      for (const args of [circular, { instanceId: 1n }, Symbol("x"), () => undefined]) {
        expect((await createToolRig().call(tool, args)).value.error).toBeString();
      }
    });
  });
}
