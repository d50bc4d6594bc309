import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { treeMembers } from "../../../src/processes/end-tree.ts";
import { createRig, recordOf, serve, spawn, until, type Answer, type ServedRig } from "../rig.ts";
import { startCluster, whyNoSlurm, type Cluster } from "../../../scripts/scripted-host/slurm.ts";

const LIMIT_MS = 180_000;
const GONE_MS = 5000;

const why = whyNoSlurm();
if (why !== undefined) console.error(`Agents on Slurm are not tried: ${why}`);

describe.skipIf(why !== undefined)("agents on a Slurm of their own", () => {
  let rig: ServedRig;
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    const slurm = {
      command: ["srun", "-n1", "-c1", "--quit-on-interrupt", "--job-name={instanceId}"],
      kill: ["scancel", "--name", "{instanceId}"],
    };
    const created = await createRig({ options: { launchers: { slurm } } });
    Object.assign(created.sandbox.environment, cluster.environment);
    rig = await serve(created);
  }, LIMIT_MS);
  afterAll(async () => {
    await rig.dispose();
    await cluster.stop();
  });

  let asked = 0;
  const spawnThere = async (...prompts: string[]): Promise<Answer[]> => {
    const prompt = `Question ${++asked}.`;
    rig.plan(prompt, spawn(...prompts.map((text) => ({ agent: "thor", on: "slurm", prompt: text }))));
    return (await rig.ask(prompt)).answers("bizar_spawn_background");
  };
  const call = async (tool: string, args: Record<string, unknown>): Promise<Answer> => {
    const prompt = `Question ${++asked}.`;
    rig.plan(prompt, { calls: [{ tool, args }] });
    return (await rig.ask(prompt)).answers(tool)[0];
  };
  /** The model holds its answer until the test is over with it. */
  const holding = (prompt: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.plan(prompt, async () => {
      await promise;
      return { text: "held" };
    });
    return {
      asked: async () => await until("the agent asks its model", () => rig.requestsFor(prompt).length > 0),
      resolve,
    };
  };
  const jobs = async () => (await cluster.run("squeue", "-h", "-o", "%j %T")).trim();
  const isGone = async (instanceId: string) => {
    const isOut = async () => !(await jobs()).includes(instanceId) && treeMembers({ marker: instanceId }).length === 0;
    await until("nothing of it is left, in squeue or as a process", isOut, GONE_MS);
  };

  test(
    "eight over two processors wait in Slurm's own line, and all end",
    async () => {
      const prompts = Array.from({ length: 8 }, (_, index) => `task ${index}`);
      const prompt = "Send out eight.";
      const agents = prompts.map((text) => ({ agent: "thor", on: "slurm", prompt: text }));
      let seen = "";
      rig.plan(
        prompt,
        spawn(...agents),
        async () => {
          seen = await jobs();
          return { calls: [{ tool: "bizar_status", args: {} }] };
        },
        (request) => ({
          calls: [
            {
              tool: "bizar_collect",
              args: {
                instanceIds: request.toolResults
                  .flatMap((text) => JSON.parse(text))
                  .map(({ instanceId }) => instanceId),
              },
            },
          ],
        }),
      );
      const answer = await rig.ask(prompt);
      expect(seen).toContain("PENDING");
      const [status] = answer.answers("bizar_status");
      expect(status).toContainEqual(expect.objectContaining({ on: "slurm", status: "queued", waitsFor: "slurm" }));
      const [collected] = answer.answers("bizar_collect");
      expect(collected.map(({ status }: Answer) => status)).toEqual(prompts.map(() => "done"));
      const record = await recordOf(rig, collected[0]);
      expect(record.place).toEqual({ host: expect.any(String), job: expect.stringMatching(/^\d+$/) });
    },
    LIMIT_MS,
  );

  test(
    "a kill leaves nothing in Slurm and no process",
    async () => {
      const model = holding("to be killed");
      const [{ instanceId }] = await spawnThere("to be killed");
      await model.asked();
      expect(await call("bizar_kill", { instanceId })).toMatchObject({ status: "killed" });
      await isGone(instanceId);
      model.resolve();
    },
    LIMIT_MS,
  );

  test(
    "what is cancelled from outside is told in Slurm's own words",
    async () => {
      const model = holding("to be cancelled");
      const [{ instanceId }] = await spawnThere("to be cancelled");
      await model.asked();
      await cluster.run("scancel", "--name", instanceId);
      const ended = await call("bizar_collect", { instanceId });
      // Which of its words comes last depends on who is sooner: Slurm's notice, or the end of the step.
      expect(ended).toMatchObject({ status: "failed", error: expect.stringMatching(/CANCELLED|Job step aborted/) });
      await isGone(instanceId);
      model.resolve();
    },
    LIMIT_MS,
  );

  test(
    "a node that goes down in the middle is told, and no end is claimed that nobody saw",
    async () => {
      const model = holding("to go down");
      const [{ instanceId }] = await spawnThere("to go down");
      await model.asked();
      await cluster.run("scontrol", "update", "NodeName=node1", "State=DOWN", "Reason=tried");
      const ended = await call("bizar_collect", { instanceId });
      expect(ended).toMatchObject({ status: "failed", error: expect.stringMatching(/srun|slurmstepd/) });
      await cluster.run("scontrol", "update", "NodeName=node1", "State=RESUME");
      model.resolve();
    },
    LIMIT_MS,
  );

  test(
    "a host that is killed leaves nothing in Slurm and no process",
    async () => {
      const model = holding("to be orphaned");
      const [{ instanceId }] = await spawnThere("to be orphaned");
      await model.asked();
      process.kill(rig.server.pid, "SIGKILL");
      await isGone(instanceId);
      model.resolve();
    },
    LIMIT_MS,
  );
});
