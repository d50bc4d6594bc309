import { expect, test } from "bun:test";
import { sampleId, sampleInstance } from "../supervisor/sample-instance.ts";
import { createCommandLine } from "./command-line-rig.ts";

const { progress, parent } = sampleInstance();
const used = (costUsd: number, input: number) => ({
  ...progress,
  costUsd,
  tokens: { ...progress.tokens, input },
  toolCallCount: 2,
});

test("costs are told by agent, model and session, the dearest first, and in all", async () => {
  const line = createCommandLine();
  expect((await line.run("cost")).stderr).toContain("there are no such agents");
  const other = { providerId: "other", modelId: "large", variant: undefined };
  await line.leave("done", { instanceId: sampleId(1), progress: used(0.25, 1000) });
  await line.leave("running", { instanceId: sampleId(2), agent: "thor", progress: used(1.5, 2_345_678), model: other });
  await line.leave("failed", {
    ...{ instanceId: sampleId(3), progress: used(0.001, 10) },
    parent: { ...parent, sessionId: "ses_other\u001b[31m" },
  });
  const { stdout, stderr } = await line.run("cost");
  expect(stderr).toBe("");
  expect(stdout).toBe(`AGENT  AGENTS  TOOLS  TOKENS  COST
thor   1       2      2.3M    $1.50
mimir  2       4      1.0k    $0.25

MODEL           AGENTS  TOOLS  TOKENS  COST
other/large     1       2      2.3M    $1.50
scripted/model  2       4      1.0k    $0.25

SESSION            AGENTS  TOOLS  TOKENS  COST
ses_parent         2       4      2.3M    $1.75
ses_other\\x1b[31m  1       2      10      <$0.01

3 agents: 2.3M tokens, $1.75
`);
  expect(JSON.parse((await line.run("cost", "--json", "--agent", "mimir")).stdout)).toMatchObject({
    agent: [{ agent: "mimir", agents: 2, tokens: 1010, costUsd: 0.251 }],
    session: [{ session: "ses_parent" }, { costUsd: 0.001 }],
    all: { agents: 2, toolCalls: 4 },
  });
  await line.leave("done", { instanceId: sampleId(4), on: "east", progress: used(2, 10) });
  expect((await line.run("cost")).stdout).toContain(`PLACE  AGENTS  TOOLS  TOKENS  COST
east   1       2      10      $2.00
here   3       6      2.3M    $1.75
`);
});
