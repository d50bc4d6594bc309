import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bash, recordOf, until, type Answer } from "../rig.ts";
import { startPool, type PoolRig } from "./pool-rig.ts";

const LIMIT_MS = 300_000;

const page = Bun.serve({
  ...{ port: 0, hostname: "127.0.0.1" },
  fetch: () => new Response("<html>Sign in</html>", { headers: { "content-type": "text/html" } }),
});

let rig: PoolRig;
beforeAll(async () => {
  rig = await startPool(async ({ url, clone: directory }) => {
    const known = { passwordEnv: "POOL_PASSWORD", directory };
    return await Promise.resolve({
      servers: [
        { ...known, name: "page", url: page.url.origin },
        { ...known, name: "closed", url: "http://127.0.0.1:1" },
        { ...known, name: "east", url },
      ],
    });
  });
}, LIMIT_MS);
afterAll(async () => {
  await rig.dispose();
  await page.stop(true);
});

let asked = 0;
async function call(tool: string, args: Record<string, unknown>): Promise<Answer[]> {
  const prompt = `Question ${++asked}.`;
  rig.plan(prompt, { calls: [{ tool, args }] });
  return (await rig.ask(prompt)).answers(tool);
}

test(
  "what came back and could not be unpacked is gone on with by a message, on the files as they are by then",
  async () => {
    const { project } = rig.sandbox;
    await appendFile(join(project, ".git/info/exclude"), "way.txt\n");
    const inTheWay = Promise.withResolvers<void>();
    const write = bash("echo theirs > way.txt; echo one > work.txt");
    rig.plan("be in the way", { calls: [write] }, { after: inTheWay.promise, text: "It is written." });
    rig.plan("once more", { calls: [bash("ls -A; cat work.txt; echo two >> work.txt")] }, (request) => ({
      text: request.toolResults.join(),
    }));
    const [agent] = await call("bizar_spawn_background", { agent: "worker", on: "any", prompt: "be in the way" });
    await until("it has written", () => rig.requestsFor("be in the way").length === 2);
    const { folder } = await recordOf(rig, agent);
    await writeFile(join(folder?.copy ?? "", "way.txt"), "of here\n");
    inTheWay.resolve();
    const all = { instanceIds: [agent.instanceId] };
    const [[failed]] = await call("bizar_collect", all);
    expect(failed).toMatchObject({ status: "failed", reason: "workspace_failed", result: "It is written." });
    expect(failed.error).toMatch(
      /in the way: way\.txt\. .* It is in \S+ on east: a message to the agent goes on with it/,
    );
    await writeFile(join(project, "mine.txt"), "of the user\n");
    await call("bizar_send_message", { instanceId: agent.instanceId, prompt: "once more" });
    const [[after]] = await call("bizar_collect", all);
    expect(after).toMatchObject({ status: "done", changes: { files: 1, applies: "clean" } });
    expect(after.result).toStartWith("[what it had done on east and had not come back has been taken up;");
    expect(after.result).toContain("one\n");
    expect(after.result).not.toContain(".bizar-bundle");
    await call("bizar_changes", { instanceId: agent.instanceId, action: "apply" });
    expect(await readFile(join(project, "work.txt"), "utf8")).toBe("one\ntwo\n");
    expect(await readFile(join(project, "mine.txt"), "utf8")).toBe("of the user\n");
    expect(rig.east.worktrees()).toEqual([]);
  },
  LIMIT_MS,
);
